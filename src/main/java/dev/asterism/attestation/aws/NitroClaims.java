package dev.asterism.attestation.aws;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Holds what a genuine Nitro document says against what was asked. */
final class NitroClaims {
  static final CheckId NONCE = new CheckId("nitro.nonce", Stage.NONCE);
  static final CheckId USER_DATA = new CheckId("nitro.user-data", Stage.BINDING);
  static final CheckId PCR = new CheckId("nitro.pcr", Stage.PCRS);
  static final CheckId DEBUG = new CheckId("nitro.debug", Stage.POLICY);

  static final List<CheckId> PLAN = List.of(NONCE, USER_DATA, PCR, DEBUG);

  /** The registers that the hypervisor zeroes where an enclave runs in debug mode. */
  private static final List<Integer> IMAGE = List.of(0, 1, 2);

  /**
   * What it must say.
   *
   * @param nonce null where nobody knows it; an absent one equals an empty one, as below
   * @param userData null where nobody knows it
   * @param pcrs of which each must hold that value
   */
  record Expected(
      @Nullable Bytes nonce,
      @Nullable Bytes userData,
      SortedMap<Integer, Bytes> pcrs,
      boolean allowDebug) {}

  private NitroClaims() {}

  static void check(Checklist checks, VerifiedNitroDocument document, Expected expected) {
    NitroDocument content = document.content();
    equal(checks, NONCE, expected.nonce(), content.nonce());
    equal(checks, USER_DATA, expected.userData(), content.userData());
    pcrs(checks, content, expected.pcrs());
    debug(checks, content, expected.allowDebug());
  }

  private static void equal(
      Checklist checks, CheckId id, @Nullable Bytes expected, @Nullable Bytes actual) {
    if (expected == null) {
      checks.skip(id, "nobody said what it must be");
    } else {
      checks.equal(id, expected, actual == null ? Bytes.EMPTY : actual);
    }
  }

  private static void pcrs(
      Checklist checks, NitroDocument content, SortedMap<Integer, Bytes> expected) {
    if (expected.isEmpty()) {
      checks.skip(PCR, "nobody said which values are good");
    }
    for (Map.Entry<Integer, Bytes> entry : expected.entrySet()) {
      Bytes actual = content.pcrs().get(entry.getKey());
      checks.check(
          PCR,
          "PCR " + entry.getKey(),
          Objects.equals(entry.getValue(), actual),
          entry.getValue().hex(),
          actual == null ? "no value" : actual.hex());
    }
  }

  private static void debug(Checklist checks, NitroDocument content, boolean allowed) {
    if (content.tpm()) {
      checks.skip(DEBUG, "only enclaves have a debug mode");
      return;
    }
    boolean debug =
        IMAGE.stream().allMatch(i -> content.pcrs().getOrDefault(i, Bytes.EMPTY).isAllZero());
    checks.add(
        DEBUG,
        "",
        !debug ? Outcome.PASSED : allowed ? Outcome.WARNING : Outcome.FAILED,
        "",
        "",
        debug ? "the enclave runs in debug mode: its host reads its memory" : "");
  }
}
