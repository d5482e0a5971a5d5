"""One step of EZKL on one model, in a process of its own: ezkl_step.py STEP FOLDER ONNX SRS_FOLDER.

FOLDER holds calibration.json (all samples of an input in one flat list) and input.json, and gets what
EZKL writes. The sizes and times that only EZKL knows go as JSON into facts-STEP.json.
"""

import json
import os
import sys
import time

import ezkl

step, folder, onnx, srs_folder = sys.argv[1:5]


def path(name):
    return os.path.join(folder, name)


def size(name):
    return os.path.getsize(path(name))


def settings():
    arguments = ezkl.PyRunArgs()
    arguments.input_visibility = "private"
    arguments.param_visibility = "fixed"
    arguments.output_visibility = "public"
    ezkl.gen_settings(onnx, path("settings.json"), py_run_args=arguments)
    ezkl.calibrate_settings(path("calibration.json"), onnx, path("settings.json"), "resources")
    ezkl.compile_circuit(onnx, path("circuit.ezkl"), path("settings.json"))
    return {"logrows": chosen()["run_args"]["logrows"], "rows": chosen()["num_rows"]}


def chosen():
    with open(path("settings.json")) as file:
        return json.load(file)


def srs_path():
    return os.path.join(srs_folder, "srs-%d" % chosen()["run_args"]["logrows"])


def srs():
    if not os.path.exists(srs_path()):
        ezkl.gen_srs(srs_path() + ".part", chosen()["run_args"]["logrows"])
        os.replace(srs_path() + ".part", srs_path())
    return {}


def setup():
    ezkl.setup(path("circuit.ezkl"), path("vk.key"), path("pk.key"), srs_path())
    return {"vk_bytes": size("vk.key"), "pk_bytes": size("pk.key")}


def prove():
    ezkl.gen_witness(path("input.json"), path("circuit.ezkl"), path("witness.json"))
    ezkl.prove(path("witness.json"), path("circuit.ezkl"), path("pk.key"), path("proof.json"), srs_path())
    with open(path("proof.json")) as file:
        proof = json.load(file)
    return {"proof_bytes": len(proof["proof"])}


def verify():
    start = time.perf_counter()
    if not ezkl.verify(path("proof.json"), path("settings.json"), path("vk.key"), srs_path()):
        sys.exit("EZKL refuses its own proof")
    return {"verify_ms": (time.perf_counter() - start) * 1e3}


steps = {"settings": settings, "srs": srs, "setup": setup, "prove": prove, "verify": verify}
facts = steps[step]()
with open(path("facts-" + step + ".json"), "w") as file:
    json.dump(facts, file)
