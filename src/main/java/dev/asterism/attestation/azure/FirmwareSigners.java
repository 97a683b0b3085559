package dev.asterism.attestation.azure;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.snp.VerifiedReport;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who signed the paravisor: the member {@code firmwareSignerConfig} of an attestation config. The
 * paravisor speaks for the vTPM, so that its signer is who is believed.
 *
 * @param accepted digests of id keys, 48 bytes each; null: any, said aloud
 * @param maaHost whose attestation service is asked about others; null unless it is
 */
record FirmwareSigners(
    @Nullable Set<Bytes> accepted, Enforcement enforcement, @Nullable String maaHost) {
  static final CheckId SIGNER = new CheckId("paravisor.signer", Stage.POLICY);

  private static final String MEMBER = "firmwareSignerConfig";
  private static final int DIGEST = 48;

  /** What to do with a signer that is not listed. */
  enum Enforcement {
    EQUAL,
    MAA_FALLBACK,
    WARN_ONLY
  }

  FirmwareSigners {
    accepted = accepted == null ? null : Set.copyOf(accepted);
  }

  static FirmwareSigners parse(ObjectNode attestationConfig) throws MalformedException {
    if (!attestationConfig.hasNonNull(MEMBER)) {
      return new FirmwareSigners(null, Enforcement.EQUAL, null);
    }
    ObjectNode node = Json.child(attestationConfig, MEMBER);
    Enforcement enforcement = enforcement(node.get("enforcementPolicy"));
    return new FirmwareSigners(
        accepted(node),
        enforcement,
        enforcement == Enforcement.MAA_FALLBACK
            ? MaaKeys.host(MEMBER + ".maaURL", Json.string(node, "maaURL"))
            : null);
  }

  private static Enforcement enforcement(@Nullable JsonNode value) throws MalformedException {
    if (value != null && value.isBoolean()) {
      return value.booleanValue() ? Enforcement.EQUAL : Enforcement.WARN_ONLY;
    }
    String name = value != null && value.isString() ? value.stringValue() : "";
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "equal" -> Enforcement.EQUAL;
      case "maafallback" -> Enforcement.MAA_FALLBACK;
      case "warnonly" -> Enforcement.WARN_ONLY;
      default ->
          throw new MalformedException(
              MEMBER + ".enforcementPolicy", "is not Equal, MAAFallback or WarnOnly");
    };
  }

  private static Set<Bytes> accepted(ObjectNode node) throws MalformedException {
    String where = MEMBER + ".acceptedKeyDigests";
    if (!(node.get("acceptedKeyDigests") instanceof ArrayNode list)) {
      throw new MalformedException(where, "is not a list");
    }
    Set<Bytes> accepted = new HashSet<>();
    for (JsonNode item : list) {
      Bytes digest = Bytes.ofHex(where, item.asString(""));
      if (digest.length() != DIGEST) {
        throw new MalformedException(where, "lists something that is not of 48 bytes");
      }
      accepted.add(digest);
    }
    return accepted;
  }

  /** The checks that {@link #appraise} makes. */
  List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(List.of(SIGNER));
    plan.addAll(maaHost == null ? List.of() : Maa.PLAN);
    return plan;
  }

  /**
   * Whether the signer is a listed one, or Microsoft's attestation service takes it.
   *
   * @param token of that service; empty where there is none
   * @param extra what the token must be for
   * @param source of the service's keys
   */
  void appraise(
      Checklist checks,
      VerifiedReport report,
      String token,
      Bytes extra,
      Instant at,
      EndorsementSource source) {
    boolean left = isLeftToMaa(checks, report);
    if (maaHost == null) {
      return;
    }
    if (left) {
      new Maa(maaHost, source).check(checks, token, report.report(), extra, at);
    } else {
      Maa.skip(checks, "the policy lists the signer");
    }
  }

  private boolean isLeftToMaa(Checklist checks, VerifiedReport report) {
    Bytes actual = report.report().idKeyDigest();
    if (accepted == null) {
      checks.warn(
          SIGNER,
          "any paravisor is taken: who wrote it may be anybody (" + MEMBER + " lists them)");
      return false;
    }
    boolean listed = accepted.contains(actual);
    boolean maa = !listed && enforcement == Enforcement.MAA_FALLBACK;
    Outcome outcome =
        listed
            ? Outcome.PASSED
            : enforcement == Enforcement.EQUAL ? Outcome.FAILED : Outcome.WARNING;
    checks.add(
        SIGNER,
        "digest of the id key",
        outcome,
        "one of " + accepted.size() + " listed",
        actual.hex(),
        maa ? "left to Microsoft's attestation service" : "");
    return maa;
  }
}
