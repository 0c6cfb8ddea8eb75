"""ONNX Runtime sessions as this product runs them: one thread a call, no spinning, a call per core."""

import os
from pathlib import Path
from typing import Any

from kernel.contracts.errors import Words
from kernel.inference.backend import BackendUnavailableError, not_installed


def callers(device: str = "cpu") -> int:
    """How many threads may run one session at once with gain: one for each core; on a GPU batches do that work."""
    if device != "cpu":
        return 1
    # macOS does not say which cores a process may use.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def open_session(path: Path, device: str = "cpu") -> Any:
    """An onnxruntime.InferenceSession with one intra-op thread; it may be run from several threads at once.

    On two busy cores more threads were slower, and spinning threads double the CPU that is burnt.
    Raises BackendUnavailableError when the library, or its build for `device`, is not installed.
    """
    try:
        import onnxruntime as ort  # noqa: PLC0415 - heavy, and an option
    except ImportError as error:
        raise BackendUnavailableError(
            backend=path.name, reason=not_installed("onnxruntime"), remedy="pip install onnxruntime"
        ) from error
    if device == "cuda" and "CUDAExecutionProvider" not in ort.get_available_providers():
        raise BackendUnavailableError(
            backend=path.name,
            reason=Words("this ONNX Runtime knows no CUDA", "설치된 ONNX Runtime이 CUDA를 지원하지 않습니다"),
            remedy="pip install onnxruntime-gpu",
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    wanted = ["CUDAExecutionProvider", "CPUExecutionProvider"] if device == "cuda" else ["CPUExecutionProvider"]
    return ort.InferenceSession(str(path), options, providers=wanted)
