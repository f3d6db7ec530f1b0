# merflow with all that the workflow needs, from the lock. Build in the checkout, where nothing else is sent to Docker
# than .dockerignore lets through:
#   docker build --tag merflow .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/study" --volume /path/to/recordings:/recordings:ro merflow \
#     snakemake -s /opt/merflow/Snakefile --cores 4 results/mine/mine_ststnet/metrics.csv
FROM python:3.12-slim-bookworm

WORKDIR /opt/merflow
COPY tools/lock tools/lock
RUN python -m venv /opt/venv \
    && pip() { /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps --no-build-isolation -r "tools/lock/$1.txt"; } \
    && pip build && pip packages && pip torch

COPY . .
# In place, so that the workflow is that of /opt/merflow, and compiled, since nothing can be written there later.
RUN /opt/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
    && /opt/venv/bin/python -m compileall -q src

ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    NUMBA_CACHE_DIR=/tmp/numba \
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
WORKDIR /study
CMD ["merflow", "doctor"]
