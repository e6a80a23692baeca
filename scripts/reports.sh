# Sourced: REPORTS is this run's own folder for logs and counts, below $BUILD/report, so
# that runs side by side do not take each other's away. Folders of earlier runs go when the
# next one starts, unless the process that they are named after still lives.
if [ -z "${REPORTS:-}" ]; then
  reports_root=${BUILD:-build}/report
  for old in "$reports_root"/*; do
    kill -0 "${old##*/}" 2>/dev/null || rm -rf "$old"
  done
  REPORTS=$reports_root/$$
  rm -rf "$REPORTS"
  mkdir -p "$REPORTS"
  export REPORTS
fi
