package dev.asterism.attestation.snp;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.Optional;

/**
 * An attestation report, read, not verified (AMD 56860, ATTESTATION_REPORT). Integers are as in the
 * report, little endian; fields that a version lacks are zero.
 *
 * @param signed the bytes that the signature covers: the first 2A0h
 * @param policy see {@link GuestPolicyBit}
 * @param currentTcb a TCB_VERSION, whose layout only the product line tells
 * @param platformInfo see {@link PlatformInfoBit}
 * @param signerInfo bit 0 author key, 1 chip id masked, 2 to 4 which key signed
 * @param cpuid family, model and stepping, one byte each; zeros before version 3
 * @param currentVersion build, minor, major of the firmware, one byte each
 * @param launchMitigations vectors of mitigated vulnerabilities; zero before version 5
 * @param signature R, then S
 */
public record SnpReport(
    Bytes signed,
    long version,
    long guestSvn,
    long policy,
    Bytes familyId,
    Bytes imageId,
    long vmpl,
    long currentTcb,
    long platformInfo,
    long signerInfo,
    Bytes reportData,
    Bytes measurement,
    Bytes hostData,
    Bytes idKeyDigest,
    Bytes authorKeyDigest,
    Bytes reportId,
    Bytes reportIdMa,
    long reportedTcb,
    Bytes cpuid,
    Bytes chipId,
    long committedTcb,
    Bytes currentVersion,
    Bytes committedVersion,
    long launchTcb,
    long launchMitigations,
    long currentMitigations,
    SnpSignature signature) {

  /** The length of every report. */
  public static final int LENGTH = 0x4A0;

  static final int SIGNED = 0x2A0;

  /** The first version that names the processor. */
  static final int WITH_CPUID = 3;

  /** The newest version whose every bit is known here. */
  static final int NEWEST_KNOWN = 5;

  private static final int OLDEST = 2;
  private static final int ECDSA_P384_SHA384 = 1;
  private static final int SIGNER_SHIFT = 2;
  private static final int SIGNER_MASK = 7;

  /** Reads exactly one report. */
  public static SnpReport parse(Bytes report) throws MalformedException {
    ByteReader in = report.reader("report");
    long version = in.u32le("version");
    if (version < OLDEST) {
      throw new MalformedException("version", 0, "is below " + OLDEST);
    }
    Reserved reserved = new Reserved(version);
    long guestSvn = in.u32le("guest_svn");
    long policy = in.u64le("policy");
    reserved.policy(policy);
    Bytes familyId = in.bytes("family_id", 16);
    Bytes imageId = in.bytes("image_id", 16);
    long vmpl = in.u32le("vmpl");
    if (in.u32le("signature_algo") != ECDSA_P384_SHA384) {
      throw new MalformedException("signature_algo", 0x34, "is not 1, ECDSA P-384 with SHA-384");
    }
    long currentTcb = in.u64le("current_tcb");
    long platformInfo = in.u64le("platform_info");
    long signerInfo = in.u32le("signer_info");
    reserved.signerInfo(signerInfo);
    reserved.zero(in, 4);
    Bytes reportData = in.bytes("report_data", 64);
    Bytes measurement = in.bytes("measurement", 48);
    Bytes hostData = in.bytes("host_data", 32);
    Bytes idKeyDigest = in.bytes("id_key_digest", 48);
    Bytes authorKeyDigest = in.bytes("author_key_digest", 48);
    Bytes reportId = in.bytes("report_id", 32);
    Bytes reportIdMa = in.bytes("report_id_ma", 32);
    long reportedTcb = in.u64le("reported_tcb");
    Bytes cpuid = in.bytes("cpuid", 3);
    if (version < WITH_CPUID && !cpuid.isAllZero()) {
      throw new MalformedException("cpuid", 0x188, "is not zero before version 3");
    }
    reserved.zero(in, 21);
    Bytes chipId = in.bytes("chip_id", 64);
    long committedTcb = in.u64le("committed_tcb");
    Bytes currentVersion = in.bytes("current_version", 3);
    reserved.zero(in, 1);
    Bytes committedVersion = in.bytes("committed_version", 3);
    reserved.zero(in, 1);
    long launchTcb = in.u64le("launch_tcb");
    long launchMitigations = in.u64le("launch_mit_vector");
    long currentMitigations = in.u64le("current_mit_vector");
    reserved.mitigations(launchMitigations, currentMitigations);
    reserved.zero(in, SIGNED - in.position());
    Bytes signed = in.since(0);
    SnpSignature signature = SnpSignature.read(in);
    in.end();
    return new SnpReport(
        signed,
        version,
        guestSvn,
        policy,
        familyId,
        imageId,
        vmpl,
        currentTcb,
        platformInfo,
        signerInfo,
        reportData,
        measurement,
        hostData,
        idKeyDigest,
        authorKeyDigest,
        reportId,
        reportIdMa,
        reportedTcb,
        cpuid,
        chipId,
        committedTcb,
        currentVersion,
        committedVersion,
        launchTcb,
        launchMitigations,
        currentMitigations,
        signature);
  }

  /** The report as it was read. */
  public Bytes raw() {
    return Bytes.concat(signed, signature.encode());
  }

  /** The line by CPUID; empty where the report has none or the processor is of no line we know. */
  public Optional<ProductLine> lineByCpuid() {
    return namesProcessor() ? ProductLine.byCpuid(cpuid.at(0), cpuid.at(1)) : Optional.empty();
  }

  /** Whether this version says which processor it is. */
  boolean namesProcessor() {
    return version >= WITH_CPUID;
  }

  /** Which key signed; empty where none did, or one that we do not know. */
  Optional<KeyKind> signer() {
    return switch ((int) (signerInfo >>> SIGNER_SHIFT) & SIGNER_MASK) {
      case 0 -> Optional.of(KeyKind.VCEK);
      case 1 -> Optional.of(KeyKind.VLEK);
      default -> Optional.empty();
    };
  }

  /** Whether an author key signed the id key: only then its digest means something. */
  boolean hasAuthorKey() {
    return (signerInfo & 1) != 0;
  }

  /** Whether the host says that it hides the chip's id. */
  boolean chipIdMasked() {
    return (signerInfo & 2) != 0;
  }

  /** Whether the report does not tell the chip. */
  boolean hidesChip() {
    return chipId.isAllZero();
  }
}
