package bench

decision contains msg if {
	some container in input.spec.containers
	object.get(container, ["securityContext", "privileged"], false)
	msg := sprintf("container %s is privileged", [container.name])
}

decision contains msg if {
	some container in input.spec.containers
	endswith(container.image, ":latest")
	msg := sprintf("container %s uses a moving tag", [container.name])
}

decision contains msg if {
	some container in input.spec.containers
	not container.resources.limits.memory
	msg := sprintf("container %s has no memory limit", [container.name])
}

decision contains "the host network is used" if input.spec.hostNetwork
