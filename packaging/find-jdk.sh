# Sourced by ./build and ./asterism: sets JAVA_HOME to a JDK 25 or newer, or says what to install and exits 2.
# Reads the JDK's `release` file, because starting a JVM to ask for its version costs more than our start-up.

jdk_is_new_enough() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r jdk_key jdk_value; do
    [ "$jdk_key" = JAVA_VERSION ] || continue
    jdk_value=${jdk_value#\"}
    jdk_value=${jdk_value%%[!0-9]*}
    [ "${jdk_value:-0}" -ge 25 ]
    return
  done <"$1/release"
  return 1
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && jdk_is_new_enough "$JAVA_HOME"; then
    return 0
  fi
  for jdk_home in /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if jdk_is_new_enough "$jdk_home"; then
      JAVA_HOME=$jdk_home
      return 0
    fi
  done
  jdk_java=$(command -v java) && jdk_java=$(readlink -f "$jdk_java") || jdk_java=
  jdk_home=${jdk_java%/bin/java}
  if [ -n "$jdk_home" ] && jdk_is_new_enough "$jdk_home"; then
    JAVA_HOME=$jdk_home
    return 0
  fi
  return 1
}

if ! find_jdk; then
  echo "No JDK 25 or newer in JAVA_HOME, /usr/lib/jvm or PATH." >&2
  echo "Install one, for example: apt-get install openjdk-25-jdk-headless, or Temurin 25 from adoptium.net." >&2
  exit 2
fi
export JAVA_HOME
