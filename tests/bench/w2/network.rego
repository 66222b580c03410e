package bench

admin_ports := {22, 3389}

decision contains msg if {
	some rule in input.rules
	rule.direction == "inbound"
	rule.access == "allow"
	rule.source == "0.0.0.0/0"
	rule.port in admin_ports
	msg := sprintf("rule %s opens port %d to the world", [rule.name, rule.port])
}

decision contains msg if {
	some rule in input.rules
	rule.protocol == "*"
	msg := concat(" ", ["rule", rule.name, "allows every protocol"])
}
