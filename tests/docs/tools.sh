# SPDX-License-Identifier: Apache-2.0
#
# The programs that the pages of docs/ pipe from, for tests: each prints the sample
# of its output that lies in the repository, and fails for any other command than
# those of the pages. run.sh reads it and names the repository in $repository.

# sample FILE: prints it; what a page says wrongly ends as it would.
sample() { cat "$repository/$1"; }
unknown() {
    echo "$*: not among the commands of docs/" >&2
    return 127
}

terraform() {
    case $* in
    'plan -out plan.out') ;;
    'show -json plan.out') sample packs/terraform-hygiene/examples/plan.json ;;
    *) unknown terraform "$@" ;;
    esac
}
pulumi() {
    case $* in
    'preview --json') sample packs/aws-typescript/examples/public-bucket.json ;;
    *) unknown pulumi "$@" ;;
    esac
}
kustomize() {
    case $* in
    'build overlays/production') sample docs/examples/production.yaml ;;
    *) unknown kustomize "$@" ;;
    esac
}
kubectl() {
    case $* in
    'kustomize overlays/production') sample docs/examples/production.yaml ;;
    *) unknown kubectl "$@" ;;
    esac
}
helm() {
    case $* in
    'template shop chart') sample docs/examples/production.yaml ;;
    *) unknown helm "$@" ;;
    esac
}
# What workflows install and build polc with.
apt-get() { :; }
git() {
    case $* in
    clone*polc\ .polc) ;;
    *) command git "$@" ;;
    esac
}
make() {
    case $* in
    '-j2 -C .polc') ;;
    *) unknown make "$@" ;;
    esac
}
export -f sample unknown terraform pulumi kustomize kubectl helm apt-get git make
