# An image that runs the main job, and any other:
#   docker build --tag video2reward .      (--build-arg PIP_EXTRA_INDEX_URL=... for torch's CPU build, as in README)
#   docker run --name walk video2reward
#   docker cp walk:/home/runner/video2reward/results .
# Behind the image's name stands what runs in it instead: docker run video2reward snakemake --cores 4 --config video=...
FROM python:3.12-slim-bookworm

# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libegl1 libgl1-mesa-dri \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 runner

USER 1000
WORKDIR /home/runner/video2reward
COPY --chown=1000 . .

ARG PIP_EXTRA_INDEX_URL
ENV PATH=/home/runner/python/bin:$PATH MUJOCO_GL=egl PYTHONUNBUFFERED=1
RUN python -m venv /home/runner/python && PIP_NO_CACHE_DIR=1 python lock/install.py

CMD ["snakemake", "--cores", "all"]
