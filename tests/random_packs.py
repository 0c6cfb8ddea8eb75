"""Random face networks with the inputs and outputs of real packs: a few kilobytes, made in milliseconds."""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ANCHORS = 2
SCORES_BIAS = -1.5  # a random detector then sees a handful of faces, not thousands


def write_pack(directory: Path, seed: int = 7) -> Path:
    """A directory like buffalo_l's: an SCRFD, an ArcFace, and a model that is neither."""
    directory.mkdir(parents=True)
    random = np.random.default_rng(seed)
    onnx.save(_scrfd(random), directory / "det_random.onnx")
    onnx.save(_flat(random, "recognition", side=112, outputs=512), directory / "rec_random.onnx")
    onnx.save(_flat(random, "attributes", side=96, outputs=3), directory / "sex_random.onnx")
    return directory


def _scrfd(random: np.random.Generator) -> onnx.ModelProto:
    """Nine outputs, as SCRFD has them: scores, distances, landmarks, each at strides 8, 16 and 32."""
    nodes, weights = [], []
    for kind, width in (("score", 1), ("bbox", 4), ("kps", 10)):
        for stride in (8, 16, 32):
            made, held = _head(random, f"{kind}_{stride}", width, stride)
            nodes += made
            weights += held
    given = [helper.make_tensor_value_info("input.1", TensorProto.FLOAT, [1, 3, "h", "w"])]
    outputs = [
        helper.make_tensor_value_info(f"{kind}_{stride}", TensorProto.FLOAT, ["n", width])
        for kind, width in (("score", 1), ("bbox", 4), ("kps", 10))
        for stride in (8, 16, 32)
    ]
    return _model(helper.make_graph(nodes, "scrfd", given, outputs, initializer=weights))


def _head(
    random: np.random.Generator, name: str, width: int, stride: int
) -> tuple[list[onnx.NodeProto], list[onnx.TensorProto]]:
    channels = width * ANCHORS
    kernel = (random.standard_normal((channels, 3, stride, stride)) / stride).astype(np.float32)
    bias = np.full(channels, SCORES_BIAS if width == 1 else 2.0, np.float32)
    weights = [
        numpy_helper.from_array(kernel, f"{name}.kernel"),
        numpy_helper.from_array(bias, f"{name}.bias"),
        numpy_helper.from_array(np.array([-1, width]), f"{name}.shape"),
    ]
    activation = "Sigmoid" if width == 1 else "Identity" if width == 10 else "Relu"
    nodes = [
        helper.make_node("Conv", ["input.1", *(w.name for w in weights[:2])], [f"{name}.conv"], strides=[stride] * 2),
        helper.make_node("Transpose", [f"{name}.conv"], [f"{name}.last"], perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", [f"{name}.last", f"{name}.shape"], [f"{name}.rows"]),
        helper.make_node(activation, [f"{name}.rows"], [name]),
    ]
    return nodes, weights


def _flat(random: np.random.Generator, name: str, side: int, outputs: int) -> onnx.ModelProto:
    """Mean colours of an 8x8 grid, times a random matrix."""
    matrix = random.standard_normal((3 * 64, outputs)).astype(np.float32)
    weights = [numpy_helper.from_array(matrix, "matrix")]
    nodes = [
        helper.make_node("AveragePool", ["data"], ["cells"], kernel_shape=[side // 8] * 2, strides=[side // 8] * 2),
        helper.make_node("Flatten", ["cells"], ["flat"]),
        helper.make_node("MatMul", ["flat", "matrix"], ["out"]),
    ]
    given = [helper.make_tensor_value_info("data", TensorProto.FLOAT, ["n", 3, side, side])]
    made = [helper.make_tensor_value_info("out", TensorProto.FLOAT, ["n", outputs])]
    return _model(helper.make_graph(nodes, name, given, made, initializer=weights))


def _model(graph: onnx.GraphProto) -> onnx.ModelProto:
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
