package bench

default decision := false

decision if input.method in {"GET", "HEAD", "OPTIONS"}

decision if {
	input.method == "POST"
	["v1", "teams", team, "members"] = split(input.path, "/")
	is_lead(team)
}

decision if {
	input.method == "DELETE"
	count(input.scopes) > 2
	"admin" in input.scopes
}

is_lead(team) if {
	some membership in input.memberships
	membership.team == team
	membership.role == "lead"
}
