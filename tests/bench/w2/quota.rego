package bench

limits := {"cpu": 16, "memory": 64, "pods": 20}

used[kind] := total if {
	some kind, _ in limits
	total := sum([item.requests[kind] | some item in input.items])
}

over := {kind: excess |
	some kind, limit in limits
	excess := used[kind] - limit
	excess > 0
}

default decision := {"ok": true}

decision := {"ok": false, "over": over} if count(over) > 0
