package bench

required := {"owner", "environment", "cost-center"}

environments := {"dev", "test", "prod"}

missing := required - object.keys(input.tags)

decision contains sprintf("tag %s is missing", [tag]) if {
	some tag in missing
}

decision contains sprintf("tag %s is empty", [name]) if {
	some name, value in input.tags
	trim_space(value) == ""
}

decision contains sprintf("%s is no environment", [input.tags.environment]) if {
	not input.tags.environment in environments
}
