FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /saem

# Reads scanned pages; other languages: --build-arg OCR_LANGUAGES="kor jpn chi-sim"
ARG OCR_LANGUAGES="kor"
# libseccomp and bubblewrap: the sandbox, of the service `interpreter` and where Docker lets containers make namespaces
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap libseccomp2 tesseract-ocr $(printf 'tesseract-ocr-%s ' $OCR_LANGUAGES) \
    && rm -rf /var/lib/apt/lists/*

COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE .env.example ./
COPY assistants assistants
COPY bot bot
COPY cogs cogs
COPY conformance conformance
COPY playground playground
COPY database database
COPY fonts fonts
COPY function_arguments function_arguments
COPY maths maths
COPY workers workers
# The root is read-only where it runs: what Python compiles is made here.
RUN pip install --no-deps -e . && python -m compileall -q assistants bot cogs conformance playground database fonts \
        function_arguments maths workers \
    && useradd --create-home saem && mkdir -m 700 data /run/interpreter \
    && chown saem data /run/interpreter && ln -s /proc/self/cwd /mnt/data

ENV PYTHONDONTWRITEBYTECODE=1
USER saem
VOLUME /saem/data
# What each process notes of itself is looked at, whether METRICS_PORT is set or not.
HEALTHCHECK --interval=60s --timeout=20s --start-period=90s CMD ["saem", "status", "--check"]
CMD ["saem", "run"]
