package dev.asterism.attestation.snp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import java.util.Optional;
import java.util.function.Function;

/** What a policy can list the good values of. */
public enum ListedField {
  MEASUREMENT("measurements", "policy.measurement", 48, r -> Optional.of(r.report().measurement())),
  HOST_DATA("hostData", "policy.host-data", 32, r -> Optional.of(r.report().hostData())),
  FAMILY_ID("familyIds", "policy.family-id", 16, r -> Optional.of(r.report().familyId())),
  IMAGE_ID("imageIds", "policy.image-id", 16, r -> Optional.of(r.report().imageId())),
  ID_KEY("idKeyDigests", "policy.id-key", 48, r -> Optional.of(r.report().idKeyDigest())),
  AUTHOR_KEY(
      "authorKeyDigests",
      "policy.author-key",
      48,
      r ->
          r.report().hasAuthorKey() ? Optional.of(r.report().authorKeyDigest()) : Optional.empty()),
  CHIP_ID("chipIds", "policy.chip-id", 64, VerifiedReport::chipId);

  private final String member;
  private final CheckId check;
  private final int length;
  private final Function<VerifiedReport, Optional<Bytes>> value;

  ListedField(
      String member, String check, int length, Function<VerifiedReport, Optional<Bytes>> value) {
    this.member = member;
    this.check = new CheckId(check, Stage.POLICY);
    this.length = length;
    this.value = value;
  }

  /** Its name in configurations. */
  public String member() {
    return member;
  }

  CheckId check() {
    return check;
  }

  /** In bytes; a chip id may be given as the 8 that Turin has. */
  int length() {
    return length;
  }

  /** What the report says; empty where it does not. */
  Optional<Bytes> of(VerifiedReport report) {
    return value.apply(report);
  }
}
