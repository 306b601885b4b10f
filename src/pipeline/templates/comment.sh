# Nothing here decides the verdict: what goes wrong is a warning. The token goes to curl through
# its standard input, so that no process list shows it.
body=$RUNNER_TEMP/weir/weir.md
mark='<!-- weir:merge -->'
comments=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues
api() {
  printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" |
    curl --config - --fail --silent --show-error --max-time 30 \
      --header "Accept: application/json" --header "Content-Type: application/json" "$@"
}
find_comment() {
  for page in 1 2 3 4 5 6 7 8 9 10; do
    api "$comments/$PULL_REQUEST/comments?per_page=100&limit=100&page=$page" >"$RUNNER_TEMP/comments.json" || return 1
    id=$(jq -r --arg mark "$mark" \
      '[.[] | select((.body // "") | startswith($mark)) | @SELECT@] | first // empty' \
      "$RUNNER_TEMP/comments.json") || return 1
    [ -z "$id" ] || return 0
    [ "$(jq length "$RUNNER_TEMP/comments.json")" -ge 100 ] || return 0
  done
}
if [ ! -f "$body" ] || [ -L "$body" ] || [ -L "$RUNNER_TEMP/weir" ]; then
  echo "no report was written, so there is no comment"
elif ! command -v jq >/dev/null || ! command -v curl >/dev/null; then
  echo "::warning::the comment was left out: this runner lacks jq or curl"
elif ! { printf '%s\n' "$mark"; head -c 60000 "$body"; } |
  jq -Rs '{body: .}' >"$RUNNER_TEMP/comment.json" || ! find_comment; then
  echo "::warning::the comment could not be looked up; the report is in the job summary"
elif [ -n "$id" ]; then
  api --request PATCH --data "@$RUNNER_TEMP/comment.json" "$comments/comments/$id" >/dev/null ||
    echo "::warning::the comment could not be updated; the report is in the job summary"
else
  api --request POST --data "@$RUNNER_TEMP/comment.json" "$comments/$PULL_REQUEST/comments" >/dev/null ||
    echo "::warning::the comment could not be written; the report is in the job summary"
fi
