for module in @MODULES@; do
  # What could not be downloaded is named by weir, in its verdict.
  (cd "$module" && go mod download) || echo "@WARNING_MARK@go mod download failed in $module"
done
