# shellcheck shell=bash
# JSON by jq, which fedora-coreos and flatcar have, or by the Python of cloud-init.

# json FILE KEY...: the text that lies there, or nothing.
json() {
	if command -v jq >/dev/null; then
		jq -r 'getpath($ARGS.positional) // empty | tostring' "$1" --args "${@:2}"
	else
		python3 -c '
import json, sys
at = json.load(open(sys.argv[1]))
for key in sys.argv[2:]:
    at = (at or {}).get(key)
if at is not None:
    print(at)' "$@"
	fi
}

# tagged_serial FILE TAG: the serial of the disk that Nova tagged so.
tagged_serial() {
	if command -v jq >/dev/null; then
		jq -r --arg tag "$2" '[.devices[]? | select((.tags // []) | index($tag)) | .serial // empty][0] // empty' "$1"
	else
		python3 -c '
import json, sys
for device in json.load(open(sys.argv[1])).get("devices") or []:
    if sys.argv[2] in (device.get("tags") or []) and device.get("serial"):
        print(device["serial"])
        break' "$@"
	fi
}

# addon_names FILE: those that are selected, in order.
addon_names() {
	if command -v jq >/dev/null; then
		jq -r '.addons[].name' "$1"
	else
		python3 -c '
import json, sys
for addon in json.load(open(sys.argv[1]))["addons"]:
    print(addon["name"])' "$@"
	fi
}

# addon_values FILE NAME: a line for each of its values: name, base64 of the value.
addon_values() {
	if command -v jq >/dev/null; then
		jq -r --arg name "$2" '.addons[] | select(.name == $name) | .values // {} | to_entries[] | "\(.key) \(.value | @base64)"' "$1"
	else
		python3 -c '
import base64, json, sys
for addon in json.load(open(sys.argv[1]))["addons"]:
    if addon["name"] == sys.argv[2]:
        for key, value in (addon.get("values") or {}).items():
            print(key, base64.b64encode(value.encode()).decode())' "$@"
	fi
}
