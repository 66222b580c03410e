#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# http.send over TLS, against server.py with certificates made here: run.sh POLC. Where
# opa is installed, it has to answer the same but in the cases that say so. Needs
# python3 and openssl.
set -u
polc=$(realpath "${1:?usage: run.sh POLC}")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'exec 3>&-; rm -rf "$work"' EXIT
export LC_ALL=C NO_COLOR=1 PYTHONDONTWRITEBYTECODE=1
passed=0 failed=0 skipped=0

finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed -eq 0 ]
    exit
}

for needed in python3 openssl; do
    command -v $needed >/dev/null && continue
    echo "skip: no $needed"
    skipped=1
    finish
done
opa=
command -v opa >/dev/null && opa=opa || echo 'skip: no opa to compare with'

# ---- certificates --------------------------------------------------------------

cd "$work" || exit 1

# authority NAME; certificate NAME EXTENSIONS DAYS: NAME.key and NAME.pem.
authority() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" \
        -subj "/CN=$1" -days 30 2>>log
}
certificate() {
    echo "$2" >"$1.ext"
    openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" \
        -subj "/CN=$1" 2>>log &&
        openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key \
            -CAcreateserial -out "$1.pem" -extfile "$1.ext" -days "$3" 2>>log
}
authority ca && authority stranger &&
    certificate server 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:server.test' 30 &&
    certificate named 'subjectAltName=DNS:named.test' 30 &&
    certificate client 'extendedKeyUsage=clientAuth' 30 &&
    certificate expired 'subjectAltName=IP:127.0.0.1' -1 || {
    cat log
    failed=1
    finish
}

# ---- the server ------------------------------------------------------------------

mkfifo input
python3 "$here/server.py" . <input >ports 2>log &
exec 3>input
for _ in $(seq 100); do
    [ "$(wc -l <ports)" -eq 4 ] && break
    sleep 0.1
done
port() { sed -n "s/^$1 //p" ports; }
plain=https://127.0.0.1:$(port plain) mutual=https://127.0.0.1:$(port mutual)
named=https://127.0.0.1:$(port named) expired=https://127.0.0.1:$(port expired)
local=https://localhost:$(port plain)

# ---- cases -----------------------------------------------------------------------

pem() { sed 's/$/\\n/' "$1" | tr -d '\n'; }
ca='"tls_ca_cert_file": "ca.pem"'
key='"tls_client_cert_file": "client.pem", "tls_client_key_file": "client.key"'

# ask PROGRAM QUERY [OPTION…]: its value, or the error.
ask() {
    local program=$1 query=$2
    shift 2
    timeout 30 "$program" eval -f raw --strict-builtin-errors "$@" "$query" 2>&1
}

# holds PART QUERY PROGRAM GOT: one result.
holds() {
    case $4 in
    *"$1"*) passed=$((passed + 1)) ;;
    *)
        failed=$((failed + 1))
        printf 'FAIL %s\n    %s says %s\n    want %s\n' "$2" "$3" "$4" "$1" ;;
    esac
}
# expect PART QUERY [OPTION…]: stands in the answer of polc, which gets the options
# (--allow-net), and of opa.
expect() {
    local part=$1 query=$2
    shift 2
    [ $# -gt 0 ] || set -- --allow-net
    holds "$part" "$query" polc "$(ask "$polc" "$query" -d get.rego "$@")"
    [ -n "$opa" ] && [ -z "$ours" ] || return 0
    holds "$part" "$query" opa "$(ask opa "$query" -d get.rego)"
}
ours= # set: opa is not asked

# get(): a failure is an answer, too: the body, or the status, or the error.
cat >get.rego <<'END'
package t

get(url, members) := shown(r) if {
    request := {"method": "get", "url": url, "raise_error": false}
    r := http.send(object.union(request, members))
}

raw(url, members) := http.send(object.union({"method": "get", "url": url}, members)).raw_body

shown(r) := r.error.message if r.error
else := r.status_code if r.body == null
else := r.body
END

# Authorities.
expect '"sni":null' "data.t.get(\"$plain/a\", {$ca})"
expect '"sni":"localhost"' "data.t.get(\"$local/a\", {$ca})"
expect 'certificate signed by unknown authority' "data.t.get(\"$plain/\", {})"
expect 'certificate signed by unknown authority' "data.t.get(\"$plain/\", {\"tls_ca_cert_file\": \"stranger.pem\"})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {$ca, \"tls_ca_cert\": \"$(pem stranger.pem)\"})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {\"tls_ca_cert\": \"$(pem ca.pem)\"})"
export CA_PEM="$(cat ca.pem)"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {\"tls_ca_cert_env_variable\": \"CA_PEM\"})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {$ca, \"tls_use_system_certs\": true})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {$ca, \"tls_use_system_certs\": false})"
expect 'certificate signed by unknown authority' "data.t.get(\"$plain/\", {\"tls_use_system_certs\": false})"
expect 'certificate signed by unknown authority' "data.t.get(\"$plain/\", {\"tls_use_system_certs\": true})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {\"tls_insecure_skip_verify\": true})"
expect '"host":"127.0.0.1"' "data.t.get(\"$expired/\", {\"tls_insecure_skip_verify\": true})"
expect 'certificate has expired or is not yet valid' "data.t.get(\"$expired/\", {$ca})"
expect 'no such file or directory' "data.t.get(\"$plain/\", {\"tls_ca_cert_file\": \"none.pem\"})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {$ca, \"tls_ca_cert\": \"\"})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {\"tls_insecure_skip_verify\": 1})"
expect 'strconv.ParseBool: parsing "\"true\"": invalid syntax' "data.t.get(\"$plain/\", {\"tls_insecure_skip_verify\": \"true\"})"
expect 'could not append certificates' "data.t.get(\"$plain/\", {$ca, \"tls_ca_cert\": \"x\"})"
expect 'could not append certificates' "data.t.get(\"$plain/\", {\"tls_ca_cert\": \"none\"})"

# Names.
expect 'failed to verify certificate: x509: c' "data.t.get(\"$named/\", {$ca})"
expect '"sni":"named.test"' "data.t.get(\"$named/\", {$ca, \"tls_server_name\": \"named.test\"})"
expect '"host":"127.0.0.1"' "data.t.get(\"$named/\", {$ca, \"tls_server_name\": \"named.test\"})"
expect 'failed to verify certificate: x509: certificate is ' "data.t.get(\"$named/\", {$ca, \"tls_server_name\": \"other.test\"})"
expect '"sni":"named.test"' "data.t.get(\"$named/\", {$ca, \"headers\": {\"Host\": \"named.test\"}})"
expect '"host":"named.test"' "data.t.get(\"$named/\", {$ca, \"headers\": {\"Host\": \"named.test\"}})"
expect '"sni":"named.test"' "data.t.get(\"$named/\", {$ca, \"headers\": {\"host\": \"other.test\"}, \"tls_server_name\": \"named.test\"})"
expect '"host":"other.test"' "data.t.get(\"$named/\", {$ca, \"headers\": {\"host\": \"other.test\"}, \"tls_server_name\": \"named.test\"})"

expect 'certificate is ' "data.t.get(\"$named/\", {$ca, \"tls_server_name\": \"a b\"})"
expect 'certificate is ' "data.t.get(\"$named/\", {$ca, \"headers\": {\"host\": \"named.test:443\"}})"
expect '"sni":"named.test"' "data.t.get(\"$named/\", {$ca, \"headers\": {\"host\": \"named.test\"}, \"tls_server_name\": \"\"})"
expect '"host":"127.0.0.1"' "data.t.get(\"$named/\", {\"tls_insecure_skip_verify\": true, \"tls_server_name\": \"zz.test\"})"

# Clients.
expect '"client":"client"' "data.t.get(\"$mutual/\", {$ca, $key})"
expect '"client":"client"' "data.t.get(\"$mutual/\", {$ca, \"tls_client_cert\": \"$(pem client.pem)\", \"tls_client_key\": \"$(pem client.key)\"})"
expect 'Get "https:' "data.t.get(\"$mutual/\", {$ca})"
expect 'Get "https:' "data.t.get(\"$mutual/\", {$ca, \"tls_client_cert_file\": \"client.pem\"})"
expect 'http.send: tls: ' "data.t.get(\"$mutual/\", {$ca, \"tls_client_cert_file\": \"client.pem\", \"tls_client_key_file\": \"ca.key\"})"
expect 'Get "https:' "data.t.get(\"$mutual/\", {$ca, \"tls_client_cert_file\": \"stranger.pem\", \"tls_client_key_file\": \"stranger.key\"})"

# Redirects.
expect 302 "data.t.get(\"$plain/to//a\", {$ca})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/to/$plain/b\", {$ca, \"enable_redirect\": true})"
expect '"sni":"localhost"' "data.t.get(\"$plain/to/$local/b\", {$ca, \"enable_redirect\": true})"
expect '"secret":"s"' "data.t.get(\"$plain/to/$plain/b\", {$ca, \"enable_redirect\": true, \"headers\": {\"Authorization\": \"s\"}})"
expect '"secret":null' "data.t.get(\"$plain/to/$local/b\", {$ca, \"enable_redirect\": true, \"headers\": {\"Authorization\": \"s\"}})"
expect 'certificate has expired or is not yet valid' "data.t.get(\"$plain/to/$expired/b\", {$ca, \"enable_redirect\": true})"

expect '"host":"server.test"' "data.t.get(\"$plain/to//b\", {$ca, \"enable_redirect\": true, \"headers\": {\"host\": \"server.test\"}})"
expect '"host":"localhost"' "data.t.get(\"$plain/to/$local/b\", {$ca, \"enable_redirect\": true, \"headers\": {\"host\": \"server.test\"}})"
expect '"sni":"server.test"' "data.t.get(\"$plain/to/$local/b\", {$ca, \"enable_redirect\": true, \"headers\": {\"host\": \"server.test\"}})"

# Errors that end the evaluation.
expect 'certificate signed by unknown authority' "http.send({\"method\": \"get\", \"url\": \"$plain/\"})"
expect 'request timed out' "http.send({\"method\": \"get\", \"url\": \"$plain/slow\", $ca, \"timeout\": \"500ms\"})"
expect 'Client.Timeout exceeded' "data.t.get(\"$plain/slow\", {$ca, \"timeout\": \"500ms\"})"

# Equal requests of an evaluation are one, others are not.
ours=1 # opa counts on from there
expect '[1,2]' "[data.t.get(\"$plain/times\", {$ca}).times, data.t.get(\"$plain/times\", {$ca, \"force_json_decode\": true}).times]"
# The greatest body, and hosts that may be reached.
expect 67108864 "count(data.t.raw(\"$plain/big/67108864\", {$ca, \"timeout\": \"60s\"}))" --allow-net --max-memory 1G
expect 'the response is too large' "data.t.get(\"$plain/big/67108865\", {$ca, \"timeout\": \"60s\"})"
expect '"host":"127.0.0.1"' "data.t.get(\"$plain/\", {$ca})" --allow-host 127.0.0.1
expect 'host `127.0.0.1` is not allowed' "data.t.get(\"$plain/\", {$ca})" --allow-host localhost
expect 'host `localhost` is not allowed' "data.t.get(\"$plain/to/$local/b\", {$ca, \"enable_redirect\": true})" --allow-host 127.0.0.1
expect '"sni":"localhost"' "data.t.get(\"$plain/to/$local/b\", {$ca, \"enable_redirect\": true})" --allow-host 127.0.0.1 --allow-host localhost
expect 'host `127.0.0.1` is not allowed' "data.t.get(\"$named/\", {$ca, \"tls_server_name\": \"named.test\"})" --allow-host named.test
finish
