package dev.asterism;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Holds the arrows of the package table in {@code docs/architecture.md}. A package missing here
 * fails, a package without classes does not.
 */
class ArchitectureTest {
  private static final String ROOT = "dev.asterism";
  private static final String PROTO = "proto";
  private static final String STANDALONE = "standalone";

  /** In place of a list of packages: every one. */
  private static final String ALL = "*";

  /** Which packages each package may use, beyond itself and {@link #EVERYONE_MAY_USE}. */
  private static final Map<String, Set<String>> ARROWS = new LinkedHashMap<>();

  private static final Set<String> EVERYONE_MAY_USE = Set.of("wire", "crypto");
  private static final Set<String> EVERY_ROLE_MAY_USE = Set.of("metrics", "config");

  /** What serves or asks over gRPC in its own right; {@code disk} rejoins and is recovered. */
  private static final Set<String> ROLES =
      Set.of("bootstrap", "joinservice", "keyservice", "verifyservice", "mini", "admin", "disk");

  static {
    arrows("", "cli");
    arrows("cli", ALL);
    arrows(
        "mini",
        "admin",
        "atls",
        "attestation.*",
        "keys",
        "kubernetes.api",
        "kubernetes.local",
        "node",
        "device",
        "config",
        "rpc");
    arrows("bootstrap", "atls", "attestation", "keys", "disk", "node", "kubernetes", "rpc");
    arrows("joinservice", "atls", "attestation", "keys", "kubernetes", "audit", "rpc");
    arrows("keyservice", "keys", "audit", "rpc");
    arrows("verifyservice", "attestation", "rpc");
    arrows(
        "admin", "atls", "attestation", "collateral", "keys", "disk", "kubernetes", "node", "rpc");
    arrows("rpc", "atls", "metrics", "sharing");
    arrows("atls", "attestation");
    arrows("attestation");
    arrows("attestation.eventlog", "attestation");
    for (String hardware : Set.of("tpm", "snp", "tdx")) {
      arrows("attestation." + hardware, "attestation", "attestation.eventlog", "device");
    }
    for (String platform : Set.of("qemu", "azure", "aws", "gcp", "metal")) {
      arrows(
          "attestation." + platform,
          "attestation",
          "attestation.eventlog",
          "attestation.tpm",
          "attestation.snp",
          "attestation.tdx",
          "device");
    }
    arrows("collateral", "attestation");
    arrows("device");
    arrows("keys");
    arrows("disk", "atls", "attestation", "keys", "device", "rpc");
    arrows("disk.luks", "disk");
    arrows("node");
    arrows("node.metadata", "node", "device");
    arrows("kubernetes");
    arrows("kubernetes.api", "kubernetes");
    arrows("kubernetes.kubeadm", "kubernetes");
    arrows("kubernetes.local", "kubernetes", "kubernetes.api");
    arrows("audit");
    arrows("metrics", "sharing");
    arrows("sharing");
    arrows("config", "attestation");
    arrows("crypto");
    arrows("wire");
    for (String parent : Set.of("kubernetes", "disk", "node")) {
      Set<String> allowed = new TreeSet<>(ARROWS.get(parent));
      allowed.add(parent);
      ARROWS.put(parent + "." + STANDALONE, allowed);
    }
  }

  private static void arrows(String from, String... to) {
    ARROWS.put(from, Set.of(to));
  }

  /** Who alone may use a library, by prefix of its packages. */
  private static final Map<String, Predicate<String>> LIBRARIES =
      Map.of(
          "org.bouncycastle.", Set.of("crypto")::contains,
          "picocli.", Set.of("cli", "")::contains,
          "io.grpc.", ArchitectureTest::mayUseGrpc,
          "com.google.protobuf.", ArchitectureTest::mayUseProtos,
          "io.kubernetes.", Set.of("kubernetes.api")::contains,
          "okhttp3.", Set.of("kubernetes.api")::contains);

  /** All that {@code wire} may use of other people's code: the JDK, Jackson, and annotations. */
  private static final Set<String> LIBRARIES_OF_WIRE =
      Set.of(
          "java.",
          "tools.jackson.",
          "com.fasterxml.jackson.annotation.",
          "org.jspecify.annotations.",
          "com.google.errorprone.annotations.");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void packagesUseEachOtherOnlyAlongTheArrows() {
    assertNoDependency((from, to) -> {
      Optional<String> target = ownPackage(to);
      return target.isEmpty()
          || target.get().equals(from)
          || target.get().startsWith(PROTO + ".")
          || mayUse(from, target.get());
    });
  }

  @Test
  void onlyRpcTheRolesAndAdminUseGeneratedMessages() {
    assertNoDependency((from, to) ->
        ownPackage(to).filter(name -> name.startsWith(PROTO + ".")).isEmpty()
            || mayUseProtos(from));
  }

  @Test
  void onlyCliWiresStandIns() {
    assertNoDependency((from, to) ->
        ownPackage(to).filter(ArchitectureTest::isStandIn).isEmpty()
            || isStandIn(from)
            || from.equals("cli"));
  }

  @Test
  void librariesStayWhereTheyBelong() {
    assertNoDependency((from, to) ->
        LIBRARIES.entrySet().stream()
            .allMatch(library ->
                !to.getName().startsWith(library.getKey()) || library.getValue().test(from)));
  }

  @Test
  void wireUsesOnlyTheJdkAndJackson() {
    assertNoDependency((from, to) ->
        !from.equals("wire")
            || to.isPrimitive()
            || ownPackage(to).isPresent()
            || LIBRARIES_OF_WIRE.stream().anyMatch(to.getName()::startsWith));
  }

  @Test
  void noPackagesUseEachOtherInACircle() {
    SlicesRuleDefinition.slices()
        .matching(ROOT + ".(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @FunctionalInterface
  private interface Rule {
    /** Whether a class of our package {@code from} may use the class {@code to}. */
    boolean allows(String from, JavaClass to);
  }

  private static void assertNoDependency(Rule rule) {
    String violations =
        CLASSES.stream()
            .filter(
                origin -> ownPackage(origin).filter(name -> !name.startsWith(PROTO)).isPresent())
            .flatMap(origin -> origin.getDirectDependenciesFromSelf().stream())
            .filter(dependency ->
                !rule.allows(
                    ownPackage(dependency.getOriginClass()).orElseThrow(),
                    dependency.getTargetClass().getBaseComponentType()))
            .map(Dependency::getDescription)
            .sorted()
            .distinct()
            .collect(joining("\n"));
    assertEquals("", violations);
  }

  private static boolean mayUse(String from, String to) {
    Set<String> allowed = ARROWS.get(from);
    if (allowed == null) {
      return false;
    }
    return EVERYONE_MAY_USE.contains(to)
        || (ROLES.contains(from) && EVERY_ROLE_MAY_USE.contains(to))
        || prefixes(to).anyMatch(allowed::contains);
  }

  /** What a table's entry for {@code name} may read: itself, or a pattern over it. */
  private static Stream<String> prefixes(String name) {
    String family = name.split("\\.", -1)[0] + ".*";
    return Stream.of(name, family, ALL);
  }

  private static boolean mayUseProtos(String from) {
    return from.equals("rpc") || from.equals("cli") || ROLES.contains(from);
  }

  private static boolean mayUseGrpc(String from) {
    return from.equals("atls") || mayUseProtos(from);
  }

  private static boolean isStandIn(String name) {
    return Arrays.asList(name.split("\\.", -1)).contains(STANDALONE);
  }

  /** The package of one of our classes relative to the root, which itself is "". */
  private static Optional<String> ownPackage(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    if (name.equals(ROOT)) {
      return Optional.of("");
    }
    return name.startsWith(ROOT + ".")
        ? Optional.of(name.substring(ROOT.length() + 1))
        : Optional.empty();
  }
}
