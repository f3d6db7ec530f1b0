# The commands of the README. PYTHON chooses the interpreter, CORES the number of processors.
PYTHON ?= python3
CORES ?= all
SEED ?= 7
MINUTES ?= 10
VENV := .venv
BIN := $(VENV)/bin
SNAKEMAKE := $(BIN)/snakemake
DEMO := results/demo/lite_point_gcn

# One thread per process: jobs run side by side, and their numbers do not depend on the machine's cores.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

.PHONY: demo test test-faults test-workflow test-cluster test-fast test-computing test-reading test-settings check attack bench benchmark gallery accuracy scale docs setup setup-dev lock licences audit clean clean-results

demo: setup ## raw RGB-D clips to LOSO metrics on the embedded data, and the pages that say which clips to believe
	@echo "merflow demo: 8 synthetic subjects are rendered, then every stage, training and scores; 2 to 4 minutes on 2 cores"
	@MERFLOW_PROGRESS=1 $(SNAKEMAKE) --cores $(CORES) --quiet all -- $(DEMO)/metrics.csv results/demo/qc/index.html
	@$(BIN)/merflow show $(DEMO)
	@echo "Which clips to believe: results/demo/qc/index.html"
	@echo "What to do next: README.md, 'Your data' and 'Your network'; before merflow and snakemake: . $(BIN)/activate"

test: setup-dev ## everything that CI checks
	@runs=$$(mktemp -d); trap 'rm -rf "$$runs"' EXIT; export MERFLOW_TEST_RUNS="$$runs"; \
	$(MAKE) --no-print-directory --jobs 3 --keep-going --output-sync=target --old-file setup-dev test-faults test-workflow test-cluster test-computing test-reading test-settings check

# The inner loop: no workflow, no cluster, nothing slow; two processes side by side.
test-fast: setup-dev ## the tests for every edit: no snakemake, no SLURM, nothing that takes seconds
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target test-computing test-reading test-settings TESTS='-m "not slow"'

# Side by side, three on two cores: those of the workflow share finished runs, those of the cluster wait for SLURM.
COMPUTING := tests/stages tests/synthesis tests/training tests/models tests/verification tests/visualization tests/audit tests/quality
SETTINGS := tests/config tests/plan tests/artefacts tests/datasets
test-faults:
	$(BIN)/pytest tests/workflow/faults
test-workflow:
	$(BIN)/pytest tests/workflow --ignore tests/workflow/faults
test-cluster:
	$(BIN)/pytest tests/cluster
test-computing:
	$(BIN)/pytest $(TESTS) $(COMPUTING)
test-settings:
	$(BIN)/pytest $(TESTS) $(SETTINGS)
test-reading:
	$(BIN)/pytest $(TESTS) tests $(addprefix --ignore ,tests/workflow tests/cluster $(COMPUTING) $(SETTINGS))

check: setup-dev docs ## format, lint, types and the links of the documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(SNAKEMAKE) --lint

attack: setup-dev ## kill and damage at random for MINUTES, all drawn from SEED; tests/workflow/faults/test_attack.py does a minute
	$(BIN)/python -m tools.attack --seed $(SEED) --minutes $(MINUTES)

bench: setup-dev ## speed as ratios in one run
	$(BIN)/python -m benchmarks

accuracy: setup-dev ## recompute docs/{accuracy,landmarks,magnification,apexes,compression}.md from the embedded data and its exact truth
	$(SNAKEMAKE) --cores $(CORES) results/demo/accuracy.csv results/demo/landmarks.csv results/magnification.csv results/demo_composite/clips.csv
	$(BIN)/python -m tools.write_accuracy_page results/demo/accuracy.csv
	$(BIN)/python -m tools.write_landmarks_page results/demo/landmarks.csv
	$(BIN)/python -m tools.write_magnification_page results/magnification.csv
	$(BIN)/python -m tools.write_apexes_page
	$(BIN)/python -m tools.write_compression_page
	@$(BIN)/merflow show results/demo/accuracy.csv

gallery: setup-dev ## docs/gallery.md: one picture of each kind, from the embedded data; takes half an hour
	$(SNAKEMAKE) --cores $(CORES) --keep-going -- $$($(BIN)/python -m tools.write_gallery --targets)
	$(BIN)/python -m tools.write_gallery

benchmark: setup ## every method on the benchmark, and docs/benchmark.md; takes 12 core-hours, and goes on where it was stopped
	$(SNAKEMAKE) --cores $(CORES) --keep-going --rerun-incomplete -- $$($(BIN)/python -m tools.benchmark.methods)
	$(BIN)/python -m tools.write_benchmark_page

scale: setup ## measure small embedded datasets: the costs of merflow plan, and docs/scale.md
	PYTHONPATH=$(CURDIR)/tools/scale/spy $(SNAKEMAKE) --cores $(CORES) --configfile tools/scale/config.yaml -- $$(cat tools/scale/targets.txt)
	$(BIN)/python -m tools.write_scale_page

docs: setup-dev ## the documentation as a site, site/index.html; a link that leads nowhere is an error
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

setup: ## .venv with what the workflow needs, locked
	@PYTHON=$(PYTHON) tools/setup.sh $(VENV)

setup-dev: ## the same, and what tests and checks need
	@PYTHON=$(PYTHON) tools/setup.sh $(VENV) dev

lock: setup-dev ## write constraints.txt from what is installed, and the hashes of tools/lock from PyPI
	@{ sed -n 1p constraints.txt; { $(BIN)/pip freeze --exclude-editable; grep '^open3d==' constraints.txt; } | grep -v '^\(merflow\|setuptools\)' | sed 's/+[a-z0-9.]*$$//' | sort -fu; } > constraints.new
	@mv constraints.new constraints.txt
	@$(BIN)/python -m tools.write_lock

licences: setup-dev ## the licence of every installed package; fails for one that is unknown or not allowed
	@$(BIN)/python -m tools.licences

audit: ## compare the lock with known vulnerabilities (needs PyPI)
	@PYTHON=$(PYTHON) tools/audit.sh

clean: ## remove the environment and what tools keep; no result
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .numba

clean-results: ## name all results and what their training cost, ask, and remove them
	@$(PYTHON) -m tools.clean_results $(if $(YES),--yes)
