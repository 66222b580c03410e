package bench

decision := {"deny": deny, "warn": warn}

deny contains "plain http is allowed" if not input.https_only

deny contains msg if {
	input.tls != "1.2"
	input.tls != "1.3"
	msg := sprintf("TLS %s is too old", [input.tls])
}

deny contains msg if {
	some container in input.containers
	container.access in {"blob", "container"}
	msg := sprintf("container %s is public", [container.name])
}

warn contains msg if {
	not startswith(input.name, concat("-", [input.team, ""]))
	msg := sprintf("%s should start with %s-", [input.name, input.team])
}
