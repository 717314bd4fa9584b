"""Reads the flows of a NiFi with nipyapi: once for each line on standard input, with one line of JSON each.

Usage: peer.py <url of the API> <number of groups>
"""
import json
import sys
import time

import nipyapi
import urllib3

requests = 0
plain_urlopen = urllib3.PoolManager.urlopen


def counted_urlopen(self, *args, **kwargs):
    global requests
    requests += 1
    return plain_urlopen(self, *args, **kwargs)


urllib3.PoolManager.urlopen = counted_urlopen


def read_everything(root):
    """State, definition, parameter contexts and controller services of all groups, as the reconciler reads them."""
    flow = nipyapi.canvas.get_flow(root)
    groups = flow.process_group_flow.flow.process_groups
    definitions = [nipyapi.nifi.ProcessGroupsApi().export_process_group(group.id) for group in groups]
    contexts = nipyapi.parameters.list_all_parameter_contexts()
    services = nipyapi.canvas.list_all_controllers(root)
    return len(groups), len(definitions), contexts, services


nipyapi.config.nifi_config.host = sys.argv[1]
expected = int(sys.argv[2])
root_id = nipyapi.canvas.get_root_pg_id()
print("ready", flush=True)
for _ in sys.stdin:
    requests = 0
    begun = time.perf_counter()
    found, read, _contexts, _services = read_everything(root_id)
    took = (time.perf_counter() - begun) * 1000
    if found != expected or read != expected:
        sys.exit(f"expected {expected} groups, found {found}")
    print(json.dumps({"ms": took, "requests": requests}), flush=True)
