#!/bin/sh
# Judges the bundled example in two real git histories: the delivery of the incident (red), then the
# mended state (green). With PATH, judges that repository too. See payment-gateway/README.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
example=$here/payment-gateway
weir=$(cd "$here/.." && pwd)/build/weir

work=$(mktemp -d "${TMPDIR:-/tmp}/weir-demo-XXXXXX")
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE 2>/dev/null || true

git_in() {
        folder=$1
        shift
        git -C "$folder" -c user.name=vendor -c user.email=vendor@example.com \
                -c init.defaultBranch=main -c commit.gpgSign=false "$@"
}

commit() { # FOLDER MESSAGE
        git_in "$1" add -A -f
        git_in "$1" commit -q -m "$2"
}

# A token of GitHub's form, with its checksum, drawn anew each time: none is ever committed here.
drawn_token() {
        python3 -c '
import random, string, zlib
digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
body = "".join(random.SystemRandom().choices(digits, k=30))
value, check = zlib.crc32(body.encode()), ""
for _ in range(6):
    value, digit = divmod(value, 62)
    check = digits[digit] + check
print("ghp" + "_" + body + check)'
}

# A history: the state before, the faulty delivery and, for green, the mend.
make_history() { # FOLDER red|green
        mkdir -p "$1"
        git_in "$1" init -q
        cp -R "$example/mended/." "$1"
        cp -R "$example/before/." "$1"
        commit "$1" "Take payments over HTTP"
        git_in "$1" tag before
        cp -R "$example/mended/internal/." "$1/internal"
        cp -R "$example/delivered/." "$1"
        mkdir -p "$1/deploy"
        printf 'PAYMENT_REGION=eu\nGITHUB_TOKEN=%s\n' "$(drawn_token)" >"$1/deploy/settings.env"
        commit "$1" "Rotate session tokens"
        [ "$2" = green ] || return 0
        rm -rf "$1/third_party" "$1/vendor" "$1/deploy"
        cp -R "$example/mended/." "$1"
        commit "$1" "Mend what the gate found"
}

# The toy modules, in a module cache of their own, so that nothing is asked of the network.
make_cache() {
        python3 "$example/proxy.py" "$example/modules" "$work/proxy"
        (
                cd "$work"
                for module in audit@v1.0.0 ledger@v1.2.0 ledger@v1.3.0; do
                        GOMODCACHE="$work/mod" GOFLAGS=-modcacherw GOPROXY="file://$work/proxy" GOSUMDB=off GOTOOLCHAIN=local \
                                GOWORK=off go mod download "example.com/$module"
                done
        )
}

# Inside a container the host may refuse a sandbox. The example's own tests may then run without one.
sandbox=
bwrap --unshare-user --unshare-pid --unshare-net --ro-bind / / --proc /proc true 2>/dev/null || {
        echo "no sandbox on this host: the bundled example is run with --unsandboxed"
        sandbox=--unsandboxed
}

judge() { # FOLDER: the exit status is that of weir check
        GOMODCACHE="$work/mod" GOPROXY=off GOWORK=off "$weir" check "$work/$1" --stage merge $sandbox \
                --base before --vulndb "$work/vulndb.snapshot" \
                --format text --format "json=$work/$1.json" --format "html=$work/$1.html"
}

row() { # DEFECT RULE...: found where the red report has one of the rules
        defect=$1
        shift
        for rule in "$@"; do
                if grep -q "\"rule\": \"$rule\"" "$work/red.json"; then
                        printf '  %-14s found by %s\n' "$defect" "$rule"
                        return
                fi
        done
        if "$weir" explain "$1" >/dev/null 2>&1; then
                printf '  %-14s NOT FOUND\n' "$defect"
                missed=1
        else
                printf '  %-14s no checkpoint yet\n' "$defect"
        fi
}

word() { # STATUS
        case $1 in 0) echo pass ;; 1) echo fail ;; *) echo "could not judge" ;; esac
}

make_cache
make_history "$work/red" red
make_history "$work/green" green
# The toy entry is always of today, so that the snapshot is never old.
mkdir "$work/osv"
for entry in "$example"/vulndb/*.json; do
        sed "s/2026-11-01T/$(date -u +%Y-%m-%dT)/" "$entry" >"$work/osv/${entry##*/}"
done
"$weir" vulndb update "$work/osv" --output "$work/vulndb.snapshot" >/dev/null
missed=0

printf '== red: the delivery of the incident ==\n'
red=0
judge red || red=$?
printf '\n== green: the mended state ==\n'
green=0
judge green || green=$?

printf '\nplanted defects:\n'
row replace MOD003
row downgrade MOD005
row vendor VEN001 VEN004
row race TST002
row "nil pointer" NIL001
row coverage COV001
row secret KEY001

printf '\nreports: %s\n         %s\n' "$work/red.html" "$work/green.html"
printf 'red: %s\ngreen: %s\n' "$(word "$red")" "$(word "$green")"

status=0
if [ "$red" != 1 ] || [ "$green" != 0 ] || [ "$missed" != 0 ]; then
        status=1
fi
if [ $# -gt 0 ]; then
        printf '\n== %s ==\n' "$1"
        status=0
        "$weir" check "$1" || status=$?
fi
exit "$status"
