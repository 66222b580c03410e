package bench

default decision := false

decision if {
	some grant in user_grants
	grant.action == input.action
	grant.kind == input.resource.kind
}

user_grants contains grant if {
	some role in input.user.roles
	some grant in role_grants[role]
}

role_grants := {
	"viewer": [{"action": "read", "kind": "report"}, {"action": "list", "kind": "report"}],
	"editor": [{"action": "write", "kind": "report"}, {"action": "read", "kind": "draft"}],
	"owner": [{"action": "delete", "kind": "report"}, {"action": "share", "kind": "report"}],
}
