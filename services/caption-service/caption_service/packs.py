"""Weights caption-service knows of: the detector it can fetch, and captioners that come from a model hub."""

from kernel.inference.weights import Pack, WeightFile

YOLOX_NANO = Pack(
    name="yolox-nano",
    files=(
        WeightFile(
            name="yolox_nano.onnx",
            sha256="695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14",
            size=3_660_092,
            url=(
                "https://raw.githubusercontent.com/Kazuhito00/YOLOX-ONNX-TFLite-Sample/"
                "3d4f1119d0694200671c08069ecb847aa0d8495a/model/yolox_nano.onnx"
            ),
        ),
    ),
    licence="Apache-2.0",
    source="YOLOX-Nano, Megvii-BaseDetection/YOLOX; ONNX file of Kazuhito00/YOLOX-ONNX-TFLite-Sample",
    shared="models",
)

# Packs without files are entries to read: nothing here fetches gigabytes, their hub's own tool does.
EILEV = Pack(
    name="eilev",
    files=(),
    licence="MIT (EILEV); the OPT-2.7B inside is under Meta's OPT-175B licence: research, non-commercial",
    source="https://huggingface.co/kpyu/eilev-blip2-opt-2.7b",
    notice="About 15 GB. Fetch with: hf download kpyu/eilev-blip2-opt-2.7b",
)
BLIP2 = Pack(
    name="blip2",
    files=(),
    licence="MIT (BLIP-2); the OPT-2.7B inside is under Meta's OPT-175B licence: research, non-commercial",
    source="https://huggingface.co/Salesforce/blip2-opt-2.7b",
    notice="About 15 GB. Fetch with: hf download Salesforce/blip2-opt-2.7b",
)

PACKS = (YOLOX_NANO, EILEV, BLIP2)
