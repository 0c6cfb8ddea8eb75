"""Packs of face weights: what they hold, where they come from, under which licence."""

from kernel.inference.weights import Pack, WeightFile

YUNET = WeightFile(
    name="det_yunet_n_640.onnx",
    sha256="25a606a145a5b6d7271ae138fbd00eba91dad8b83222ae3f2c7ecd0f4a7b0e31",
    size=317_466,
    url="https://github.com/ShiqiYu/libfacedetection.train/raw/0047ac2/onnx/yunet_n_640_640.onnx",
)

EDGE = Pack(
    name="edge",
    files=(
        YUNET,
        WeightFile(
            name="rec_edgeface_xs.onnx",
            sha256="b6b2f0559d7d10c48643988d6c2ee538b44a7352ddc45cab6baa821e561dc71b",
            size=9_134_994,
        ),
    ),
    licence="BSD-3-Clause (EdgeFace), Apache-2.0 (YuNet)",
    source="EdgeFace-XS int8 release (otroshi/edgeface) dequantised to ONNX; YuNet-n (ShiqiYu/libfacedetection.train)",
    shared="faces/models/edge",
)

EDGEFACE = Pack(
    name="edgeface",
    files=(
        YUNET,
        WeightFile(
            name="edgeface_xs_gamma_06.onnx",
            sha256="9206e2eb13a2761d7b5b76e13016d4b9acd3fa3535a9a09939f3adacd139a5ff",
            size=None,
            url="https://github.com/yakhyo/edgeface-onnx/releases/download/weights/edgeface_xs_gamma_06.onnx",
        ),
    ),
    licence="BSD-3-Clause (EdgeFace), Apache-2.0 (YuNet)",
    source="EdgeFace-XS gamma 0.6 (otroshi/edgeface), ONNX of yakhyo/edgeface-onnx; YuNet-n",
)

NON_COMMERCIAL_EN = "InsightFace models are licensed for non-commercial research only."
NON_COMMERCIAL_KO = "InsightFace 모델은 비상업적 연구 목적으로만 사용할 수 있습니다."

BUFFALO_L = Pack(
    name="buffalo_l",
    files=(
        WeightFile(
            name="det_10g.onnx",
            sha256="5838f7fe053675b1c7a08b633df49e7af5495cee0493c7dcf6697200b85b5b91",
            size=16_923_827,
        ),
        WeightFile(
            name="w600k_r50.onnx",
            sha256="4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43",
            size=174_383_860,
        ),
    ),
    licence="InsightFace model zoo: non-commercial research only",
    source="https://github.com/deepinsight/insightface, SCRFD-10G and ArcFace R50 of WebFace600K",
    notice=f"{NON_COMMERCIAL_EN} {NON_COMMERCIAL_KO}",
    archive=WeightFile(
        name="buffalo_l.zip",
        sha256="80ffe37d8a5940d59a7384c201a2a38d4741f2f3c51eef46ebb28218a7b0ca2f",
        size=288_621_354,
        url="https://github.com/deepinsight/insightface/releases/download/model-zoo/buffalo_l.zip",
    ),
)

PACKS = (EDGE, EDGEFACE, BUFFALO_L)
