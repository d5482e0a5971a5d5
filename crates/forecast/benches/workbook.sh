#!/bin/sh
# Changes an input of the study's workbook, lets LibreOffice recalculate it, and compares with what the program gives
# for the same change. Needs soffice (Debian: libreoffice-calc) and python3 with openpyxl.
# Usage: workbook.sh PATH/TO/lilliput
set -eu
lilliput=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$lilliput" forecast report --quiet -o "$folder/study.xlsx" >/dev/null
python3 - "$folder" <<'PYTHON'
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1] + "/study.xlsx")
sheet = book["Model"]
rows = {sheet.cell(row, 1).value: row for row in range(1, sheet.max_row + 1)}
sheet.cell(rows["Enterprise adoption"], 3).value = 0.4
sheet.cell(rows["hyperscaler share"], 3).value = 0.7
sheet.cell(rows["compliance cost"], 3).value = 66
book.save(sys.argv[1] + "/changed.xlsx")
PYTHON
soffice --headless -env:UserInstallation="file://$folder/profile" --convert-to csv:"Text - txt - csv (StarCalc)":44,34,76,1,,0,false,false,false --outdir "$folder" "$folder/changed.xlsx" >/dev/null 2>&1
cat >"$folder/changed.toml" <<'TOML'
[scenario.base]
adoption = "40%"
[scenario.base.derive]
hyperscaler_share = "70%"
compliance_cost = 66
TOML
"$lilliput" forecast show "$folder/changed.toml" --json >"$folder/changed.json"
python3 - "$folder" <<'PYTHON'
import csv, glob, json, sys
folder = sys.argv[1]
rows = {row[0]: row for row in csv.reader(open(glob.glob(folder + "/changed*.csv")[0])) if row}
base = json.load(open(folder + "/changed.json"))["scenarios"]["base"]
pairs = {"Enterprise TAM": base["enterprise_tam"], "AI spending": base["ai_spend"], "Total crypto-AI revenue": base["total"]}
pairs |= {f"{name} revenue": base["segment_revenue"][key] for name, key in [("Software", "software"), ("IaaS", "iaas"), ("Identity", "identity"), ("Security", "security")]}
pairs |= {f"{name} crypto revenue": base["crypto_revenue"][key] for name, key in [("Software", "software"), ("IaaS", "iaas"), ("Identity", "identity"), ("Security", "security")]}
for name, expected in pairs.items():
    got = float(rows[name][2].replace(",", ""))
    assert abs(got - expected) <= 1e-9 * abs(expected), (name, got, expected)
print(f"{len(pairs)} results recalculated by LibreOffice equal the program's")
PYTHON
