package dev.asterism.attestation.snp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Stage;
import dev.asterism.wire.Bytes;
import java.util.Optional;

/** What a policy can list the good values of. */
public enum ListedField {
  MEASUREMENT("measurements", "policy.measurement", 48),
  HOST_DATA("hostData", "policy.host-data", 32),
  FAMILY_ID("familyIds", "policy.family-id", 16),
  IMAGE_ID("imageIds", "policy.image-id", 16),
  ID_KEY("idKeyDigests", "policy.id-key", 48),
  AUTHOR_KEY("authorKeyDigests", "policy.author-key", 48),
  CHIP_ID("chipIds", "policy.chip-id", 64);

  private final String member;
  private final String check;
  private final int length;

  ListedField(String member, String check, int length) {
    this.member = member;
    this.check = check;
    this.length = length;
  }

  /** Its name in configurations. */
  public String member() {
    return member;
  }

  CheckId check() {
    return new CheckId(check, Stage.POLICY);
  }

  /** In bytes; a chip id may be given as the 8 that Turin has. */
  int length() {
    return length;
  }

  /** What the report says; empty where it does not. */
  Optional<Bytes> of(VerifiedReport report) {
    SnpReport said = report.report();
    return switch (this) {
      case MEASUREMENT -> Optional.of(said.measurement());
      case HOST_DATA -> Optional.of(said.hostData());
      case FAMILY_ID -> Optional.of(said.familyId());
      case IMAGE_ID -> Optional.of(said.imageId());
      case ID_KEY -> Optional.of(said.idKeyDigest());
      case AUTHOR_KEY ->
          said.hasAuthorKey() ? Optional.of(said.authorKeyDigest()) : Optional.empty();
      case CHIP_ID -> report.chipId();
    };
  }
}
