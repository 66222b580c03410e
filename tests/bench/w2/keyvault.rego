package bench

default decision := {"allowed": false, "reasons": []}

decision := {"allowed": true, "reasons": []} if {
	count(problems) == 0
}

decision := {"allowed": false, "reasons": sort(problems)} if {
	count(problems) > 0
}

problems contains "soft delete is off" if not input.properties.enableSoftDelete

problems contains "purge protection is off" if not input.properties.enablePurgeProtection

problems contains "retention is short" if input.properties.softDeleteRetentionInDays < 30

problems contains "open to every network" if {
	input.properties.networkAcls.defaultAction == "Allow"
}
