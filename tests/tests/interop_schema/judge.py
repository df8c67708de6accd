"""Judges values by the interface's schema: [{"operation", "part", "value"}] in, for each what is wrong with it out."""

import json
import sys

from jsonschema import Draft202012Validator

schema, questions = json.load(sys.stdin)
shared = {name: schema[name] for name in ("request_types", "response_types")}


def validator(part):
    Draft202012Validator.check_schema(part)
    return Draft202012Validator({**part, **shared})


validators = {
    (operation["name"], part): validator(operation[part])
    for operation in schema["operations"]
    for part in ("request", "response")
}
for types in shared.values():
    for one in types.values():
        Draft202012Validator.check_schema(one)

answers = []
for question in questions:
    errors = validators[question["operation"], question["part"]].iter_errors(question["value"])
    answers.append([f"{error.json_path}: {error.message[:300]}" for error in errors])
json.dump(answers, sys.stdout)
