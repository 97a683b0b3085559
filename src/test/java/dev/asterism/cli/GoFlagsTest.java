package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import org.junit.jupiter.api.Test;

class GoFlagsTest {
  @Test
  void oldLongFlagsGetTheirSecondDash() {
    assertModern(
        new String[] {
          "join-service", "--cloud-provider=qemu", "--attestation-variant", "qemu-vtpm"
        },
        "join-service",
        "-cloud-provider=qemu",
        "-attestation-variant",
        "qemu-vtpm");
    assertModern(new String[] {"disk-mapper", "--csp", "qemu"}, "disk-mapper", "-csp", "qemu");
  }

  @Test
  void flagsWithTwoDashesStay() {
    assertModern(
        new String[] {"key-service", "--port=9000", "--salt", "/s"},
        "key-service",
        "--port=9000",
        "--salt",
        "/s");
  }

  @Test
  void verbosityHasOneDashHoweverItWasWritten() {
    assertModern(new String[] {"-v=2"}, "-v=2");
    assertModern(new String[] {"-v", "2"}, "-v", "2");
    assertModern(new String[] {"-v=-1"}, "--v=-1");
    assertModern(new String[] {"-v", "2"}, "--v", "2");
  }

  @Test
  void valuesAndOtherOptionsStay() {
    assertModern(
        new String[] {"--salt=-csp", "-h", "-", "-portly", "csp", "--version", ""},
        "-salt=-csp",
        "-h",
        "-",
        "-portly",
        "csp",
        "--version",
        "");
  }

  @Test
  void whatFollowsADoubleDashStays() {
    assertModern(
        new String[] {"--csp=a", "--", "-csp=b", "--v=1"}, "-csp=a", "--", "-csp=b", "--v=1");
  }

  @Test
  void theCallersArrayIsNotChanged() {
    String[] args = {"-csp=qemu"};

    assertNotSame(args, GoFlags.modernize(args));
    assertArrayEquals(new String[] {"-csp=qemu"}, args);
  }

  private static void assertModern(String[] expected, String... args) {
    assertArrayEquals(expected, GoFlags.modernize(args));
  }
}
