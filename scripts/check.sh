# Sourced by the checks: counts them and prints the closing "N passed, N failed".
passed=0
failed=0

# check NAME COMMAND…: one check, whose output is shown when it fails.
check() {
  name=$1
  shift
  if output=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok      $name"
  else
    failed=$((failed + 1))
    echo "NOT OK  $name:"
    printf '%s\n' "$output" | sed 's/^/        /'
  fi
}

# none COMMAND…: succeeds when the command, a grep, finds nothing; a grep that fails to look
# does not count as one that found nothing.
none() {
  "$@"
  [ $? = 1 ]
}

# add LINE: takes over the numbers of another check's "N passed, N failed".
add() {
  case $1 in
    *" passed, "*" failed")
      passed=$((passed + ${1%% *}))
      count=${1#* passed, }
      failed=$((failed + ${count% failed}))
      ;;
    *) failed=$((failed + 1)) ;;
  esac
}

finish() {
  echo "$passed passed, $failed failed"
  [ $failed = 0 ] && [ $passed != 0 ]
}
