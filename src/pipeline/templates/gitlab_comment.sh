# The reports were made beside code of the change: they are text, and never a link to something else.
# The token goes to curl through its standard input, so that no process list shows it.
body=.weir-reports/weir.md
mark='[//]: # (weir:merge)'
notes=$CI_API_V4_URL/projects/$CI_MERGE_REQUEST_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
scratch=$(mktemp -d)
api() {
  printf 'header = "PRIVATE-TOKEN: %s"\n' "$WEIR_GITLAB_TOKEN" |
    curl --config - --fail --silent --show-error --max-time 30 "$@"
}
find_note() {
  for page in 1 2 3 4 5 6 7 8 9 10; do
    api "$notes?sort=asc&per_page=100&page=$page" >"$scratch/notes.json" || return 1
    # Quotes inside a note are escaped, so nobody's text can look like this.
    id=$(grep -o '"id":[0-9]*,"type":[^,]*,"body":"\[//\]: # (weir:merge)' "$scratch/notes.json" |
      head -n 1 | grep -o '[0-9][0-9]*' | head -n 1)
    [ -z "$id" ] || return 0
    [ "$(grep -o '"noteable_iid":' "$scratch/notes.json" | wc -l)" -ge 100 ] || return 0
  done
}
if [ ! -f "$body" ] || [ -L "$body" ] || [ -L .weir-reports ]; then
  echo "no report was written, so there is no comment"
elif [ -z "${WEIR_GITLAB_TOKEN:-}" ]; then
  cat "$body"
else
  { printf '%s\n\n' "$mark"; head -c 900000 "$body"; } >"$scratch/note.md"
  if ! find_note; then
    echo "warning: the comment could not be looked up; the report is in the artifacts"
  elif [ -n "$id" ]; then
    api --request PUT --data-urlencode "body@$scratch/note.md" "$notes/$id" >/dev/null ||
      echo "warning: the comment could not be updated; the report is in the artifacts"
  else
    api --request POST --data-urlencode "body@$scratch/note.md" "$notes" >/dev/null ||
      echo "warning: the comment could not be written; the report is in the artifacts"
  fi
fi
rm -rf "$scratch"
