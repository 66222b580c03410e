package bench

sizes := {"Standard_B2s", "Standard_D2s_v5", "Standard_D4s_v5"}

images := {
	"Canonical": {"22_04-lts", "24_04-lts"},
	"Debian": {"12"},
}

default decision := "deny"

decision := "allow" if {
	input.hardware.size in sizes
	image_allowed
	every disk in input.disks {
		disk.encrypted == true
		disk.gb <= 512
	}
}

image_allowed if {
	input.image.sku in images[input.image.publisher]
}
