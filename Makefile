# make run      the workflow: example videos -> walking and running robots (your own: VIDEO=clip.mp4 ROBOT=anymal_c METHOD=video2reward)
# make status   what would run, why, how long it takes and what it costs; runs nothing (VIDEO= ROBOT= METHOD= SET=)
# make estimate calls, tokens, price and training hours of a full configuration: SET="iterations=5 samples=16"
# make why      how a file was made: FILE=results/report.html
# make test-fast  what to try a change with: the tests not marked slow, in under three minutes
# make test     all tests            make check   format, lint, types, workflow lint
# make test-mmpose  the tests of pose.backend: mmpose; they create its environment (1.5 GB or more)
# make prepare  for compute nodes without a network: download all environments, videos and models, and the SLURM plugin
# make slurm-test  the workflow on a local SLURM, which is installed (Debian, root), started and stopped
# make feedback a page on this machine to say what is wrong with the robot's motion, where a run waits for it (ROUND=results/.../iter1)
# make prefer   pages on this machine to choose between candidates' films, where a run waits for it (ROUND=, WHO=name)
# make prefer GROUP=bilevel  the same between the methods of a finished group, for its tables (snakemake tables)
# make so-far   what the variants of a group have gained so far, while their loops still run: GROUP=search (VIDEO= SET=, OUT=folder)
# make deploy   a finished experiment's policy in a deployment stack's layout: EXPERIMENT=amble FORMAT=rl_sar (RESULTS=folder, OUT=folder)
# make play     a page on which a trained robot walks live: keys, pushes, ice, slow motion (RESULTS=folder EXPERIMENT=amble SEED=0)
# make prune    disk use of the results, and what can be freed (YES=1 frees it, RESULTS=folder)
# make merge    merge another machine's results into these: FROM=path/to/its/results (RESULTS=folder)
# make bundle   pack a finished experiment into one file that others can run again: EXPERIMENT=amble (RESULTS=folder, OUT=file)
# make rerun    judge a bundle's policies again: BUNDLE=amble.tar.xz (SET="training={simulator: ...}"); WHOLE=1 trains again
# make robot    a robot's folder out of an MJCF or URDF of someone else: FROM=spot.xml NAME=spot (OUT=folder)
# make bench    throughput, learning and stage times
# make bench-gpu  simulation and training on a GPU, beside the bare physics (SET="--worlds 4096 --rounds 5")
# make gallery  rebuild docs/gallery from a separate run
# make docs     README and docs/ as a searchable site, in site/
# make clips    make the example clips and their ground truth again
# make lock     write lock/ again from pyproject.toml (UPGRADE=1: with the newest versions that fit)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

CORES ?= all
ROBOT ?= anymal_c
METHOD ?= video2reward
SLURM_TESTS ?= tests/slurm
SUITABLE := import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12), (3, 13)))
# The first that runs and has the right version: a name alone may be a shim without an interpreter behind it. 3.13 comes
# after the others, as the mediapipe backend's environment then needs one of them besides.
BASE_PYTHON ?= $(shell for p in python3.12 python3.11 python3.13 python3 python; do \
	$$p -c '$(SUITABLE)' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
# Without a screen, MuJoCo renders through EGL.
export MUJOCO_GL ?= egl
export PYTHONUNBUFFERED := 1

# Without VIDEO the experiments of config.yaml run, which name their own robots and methods.
ifeq ($(value VIDEO),)
ifneq ($(filter command,$(origin ROBOT) $(origin METHOD)),)
$(error ROBOT and METHOD need VIDEO, a file or a name of resources/videos: make run VIDEO=dog_amble METHOD=$(value METHOD) ROBOT=$(value ROBOT))
endif
endif

# Command-line values reach the shell unchanged through the environment, because a name may hold any character.
override VIDEO := $(value VIDEO)
override ROBOT := $(value ROBOT)
override METHOD := $(value METHOD)
override FILE := $(value FILE)
override FROM := $(value FROM)
override RESULTS := $(value RESULTS)
override ROUND := $(value ROUND)
override GROUP := $(value GROUP)
override WHO := $(value WHO)
override EXPERIMENT := $(value EXPERIMENT)
override BUNDLE := $(value BUNDLE)
override OUT := $(value OUT)
override NAME := $(value NAME)
override SEED := $(value SEED)
export VIDEO ROBOT METHOD FILE FROM RESULTS ROUND GROUP WHO EXPERIMENT BUNDLE OUT NAME SEED
OWN := $(if $(VIDEO)$(SET),--config $(if $(VIDEO),video="$$VIDEO" robot="$$ROBOT" method="$$METHOD") $(SET))

.PHONY: help run status estimate why feedback prefer so-far test test-fast check prune bench bench-gpu gallery base clips format test-mmpose prepare slurm-test merge bundle rerun robot docs lock

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

run: .venv/run.stamp
	@echo "== video2reward: running the workflow on $(CORES) cores (finished jobs are kept)"
	@$(BIN)/snakemake --cores $(CORES) $(OWN)
	@echo "== done: open results/report.html; videos and policies are in results/*/seed*/best/"

status: .venv/run.stamp
	@$(BIN)/snakemake --dry-run --logger status --cores $(CORES) $(OWN)

estimate: .venv/run.stamp
	@$(BIN)/snakemake --dry-run --logger status --logger-status-whole --cores $(CORES) $(OWN)

why: .venv/run.stamp
	@$(BIN)/python workflow_scripts/explain.py "$$FILE" $(if $(RESULTS),--results "$$RESULTS")

feedback: .venv/run.stamp
	@$(BIN)/python workflow_scripts/feedback_page.py $(if $(ROUND),"$$ROUND") $(if $(RESULTS),--results "$$RESULTS")

prefer: .venv/run.stamp
	@$(BIN)/python workflow_scripts/prefer_page.py $(if $(ROUND),"$$ROUND") $(if $(GROUP),--group "$$GROUP") $(if $(RESULTS),--results "$$RESULTS") $(if $(WHO),--who "$$WHO")

.PHONY: play
play: .venv/play.stamp
	@$(BIN)/python workflow_scripts/play.py $(if $(RESULTS),--results "$$RESULTS") $(if $(EXPERIMENT),--experiment "$$EXPERIMENT") $(if $(SEED),--seed "$$SEED")

so-far: .venv/run.stamp
	@$(BIN)/python workflow_scripts/search_so_far.py "$$GROUP" $(if $(OUT),--out "$$OUT") $(OWN)

test: .venv/test.stamp
	@echo "== video2reward: running the tests"
	@$(BIN)/python -m pytest -n 2 --dist loadfile
	@echo "== done: all tests passed; tests/README.md says what each covers"

test-fast: .venv/test.stamp
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow" tests/unit tests/conformance

test-mmpose: .venv/test.stamp
	@echo "== video2reward: creating the mmpose backend's environment and running its tests"
	@$(BIN)/python -m pytest tests/mmpose

prepare: .venv/slurm.stamp
	@$(BIN)/snakemake prepare --cores all $(OWN)
	@echo "== done: from now on only a language model's answers need the network"

slurm-test: .venv/test.stamp .venv/slurm.stamp
	@echo "== video2reward: installing and starting a local SLURM of two nodes and running the workflow on it"
	@$(BIN)/python -m pytest $(SLURM_TESTS) tests/unit/engine/test_private_names.py

check: .venv/test.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy --strict resources/deploy/play.py
	$(BIN)/python -m pip check
	$(BIN)/hadolint Dockerfile
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --dry-run --quiet all
	@echo "== snakemake --lint (but for environments by rule: there is one for all, made from pyproject.toml; and for what"
	@echo "   differs between checkouts, interpreter and scripts, which rules/common.smk keeps out of params; and Snakemake's own rule)"
	@found=$$($(BIN)/snakemake --lint 2>&1 | grep '^    \*' | grep -v -e 'Specify a conda environment' \
		-e 'directly uses variable \(PYTHON\|SCRIPTS\|UNSET_KEYS\|rule\) from outside' || true); \
		test -z "$$found" || { echo "$$found"; exit 1; }

format: .venv/test.stamp
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/snakefmt Snakefile rules

bench: .venv/run.stamp
	$(BIN)/python benchmarks/throughput.py
	$(BIN)/python benchmarks/profile_training.py
	$(BIN)/python benchmarks/together.py
	$(BIN)/python benchmarks/pose_accuracy.py
	$(BIN)/python benchmarks/walks.py
	$(BIN)/python benchmarks/stages.py --results results/benchmarks/walks
	$(BIN)/python benchmarks/pose_speed.py
	$(BIN)/python benchmarks/check_cost.py
	$(BIN)/python benchmarks/dry_run.py
	$(BIN)/python benchmarks/scheduler.py

bench-gpu: .venv/gpu.stamp
	@$(BIN)/python benchmarks/gpu.py $(SET)

prune: .venv/run.stamp
	@$(BIN)/python workflow_scripts/prune.py $(if $(RESULTS),--results "$$RESULTS") $(if $(YES),--yes)

merge: .venv/run.stamp
	@$(BIN)/python workflow_scripts/merge.py "$$FROM" $(if $(RESULTS),--results "$$RESULTS")

bundle: .venv/run.stamp
	@$(BIN)/python workflow_scripts/bundle.py "$$EXPERIMENT" $(if $(RESULTS),--results "$$RESULTS") $(if $(OUT),--out "$$OUT") $(OWN)

.PHONY: deploy
deploy: export FORMAT := $(or $(value FORMAT),rl_sar)
deploy: .venv/run.stamp
	@$(BIN)/python workflow_scripts/deploy.py "$$EXPERIMENT" --format "$$FORMAT" $(if $(SEED),--seed "$$SEED") $(if $(RESULTS),--results "$$RESULTS") $(if $(OUT),--out "$$OUT")

rerun: .venv/run.stamp
	@$(BIN)/python workflow_scripts/rerun.py "$$BUNDLE" $(if $(RESULTS),--results "$$RESULTS") \
		$(if $(WHOLE),--whole --cores $(CORES)) $(if $(SET),--config $(SET))

robot: .venv/run.stamp
	@$(BIN)/python workflow_scripts/make_robot.py "$$FROM" --name "$$NAME" $(if $(OUT),--out "$$OUT")

gallery: .venv/run.stamp
	$(BIN)/snakemake --cores $(CORES) --config results=results/gallery
	$(BIN)/snakemake --cores $(CORES) --config 'experiments=[go2_amble,g1_run]' results=results/gallery_films
	$(BIN)/python docs/make_gallery.py --results results/gallery --films results/gallery_films

# The policies are trained from scratch in a folder of their own; the same settings then take them from the robots' folders.
base: .venv/run.stamp
	$(BIN)/snakemake --cores $(CORES) --config 'experiments=[amble,human_run,spider_walk,go2_amble,g1_run]' 'training={base_policy: trained}' results=results/base \
		-- results/base/robots/{anymal_c,ant,humanoid,go2,g1}/base.pth
	for robot in anymal_c ant humanoid go2 g1; do cp results/base/robots/$$robot/base.* resources/robots/$$robot/; done

docs: .venv/docs.stamp
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "== done: to read it, $(BIN)/python -m http.server --directory site, then http://localhost:8000"

# uv stays out of .venv/bin's way: where it is not installed, a copy of its own resolves.
lock: .venv/run.stamp
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --target .venv/uv --upgrade uv
	@PATH="$$PATH:$(CURDIR)/.venv/uv/bin" $(BIN)/python lock/update.py $(if $(UPGRADE),--upgrade) $(if $(CPU_INDEX),--cpu-index "$(CPU_INDEX)")

clips: .venv/run.stamp
	$(BIN)/python benchmarks/make_example_clips.py --out resources/videos

# Everything at the versions and digests of lock/, which `make lock` writes.
.venv/run.stamp: pyproject.toml $(addprefix lock/,install.py torch.txt cuda.txt run.txt)
	@test -n "$(BASE_PYTHON)" && $(BASE_PYTHON) -c '$(SUITABLE)' || { \
		echo "error: Python 3.11, 3.12 or 3.13 is needed, found $(or $(BASE_PYTHON),none); set BASE_PYTHON=/path/to/python3.12"; exit 1; }
	@echo "== video2reward: installing into .venv (once; a few minutes, about 2 GB)"
	@test -x $(BIN)/python || $(BASE_PYTHON) -m venv .venv || \
		{ rm -rf .venv; echo "error: Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@$(BIN)/python lock/install.py
	@touch $@

.venv/test.stamp: .venv/run.stamp lock/test.txt
	@echo "== video2reward: installing what the tests need"
	@$(BIN)/python lock/install.py test
	@touch $@

.venv/slurm.stamp: .venv/run.stamp lock/slurm.txt
	@echo "== video2reward: installing Snakemake's plugin for SLURM"
	@$(BIN)/python lock/install.py slurm
	@touch $@

.venv/gpu.stamp: .venv/run.stamp lock/gpu.txt
	@echo "== video2reward: installing MuJoCo Warp"
	@$(BIN)/python lock/install.py gpu
	@touch $@

.venv/play.stamp: .venv/run.stamp lock/play.txt
	@echo "== video2reward: installing viser, which draws the page"
	@$(BIN)/python lock/install.py play
	@touch $@

.venv/docs.stamp: .venv/run.stamp lock/docs.txt
	@echo "== video2reward: installing what builds the docs' site"
	@$(BIN)/python lock/install.py docs
	@touch $@
