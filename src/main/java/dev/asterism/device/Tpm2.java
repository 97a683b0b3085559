package dev.asterism.device;

import dev.asterism.crypto.Digests;
import java.util.Optional;

/**
 * Numbers of the TPM 2.0 library specification, part 2: command codes, handles, algorithms and the
 * response codes that callers act on.
 */
public final class Tpm2 {
  private Tpm2() {}

  /** TPM_ST: no authorization area; also the tag of every error. */
  public static final int ST_NO_SESSIONS = 0x8001;

  public static final int ST_SESSIONS = 0x8002;
  public static final int ST_ATTEST_CERTIFY = 0x8017;
  public static final int ST_ATTEST_QUOTE = 0x8018;

  /** TPM_GENERATED_VALUE: {@code ff} and "TCG". */
  public static final long GENERATED = 0xff544347L;

  public static final int CC_NV_UNDEFINE_SPACE = 0x122;
  public static final int CC_EVICT_CONTROL = 0x120;
  public static final int CC_NV_DEFINE_SPACE = 0x12a;
  public static final int CC_CREATE_PRIMARY = 0x131;
  public static final int CC_NV_WRITE = 0x137;
  public static final int CC_PCR_EVENT = 0x13c;
  public static final int CC_PCR_RESET = 0x13d;
  public static final int CC_SELF_TEST = 0x143;
  public static final int CC_STARTUP = 0x144;
  public static final int CC_SHUTDOWN = 0x145;
  public static final int CC_CERTIFY = 0x148;
  public static final int CC_NV_READ = 0x14e;
  public static final int CC_QUOTE = 0x158;
  public static final int CC_RSA_DECRYPT = 0x159;
  public static final int CC_FLUSH_CONTEXT = 0x165;
  public static final int CC_NV_READ_PUBLIC = 0x169;
  public static final int CC_READ_PUBLIC = 0x173;
  public static final int CC_START_AUTH_SESSION = 0x176;
  public static final int CC_GET_CAPABILITY = 0x17a;
  public static final int CC_GET_RANDOM = 0x17b;
  public static final int CC_GET_TEST_RESULT = 0x17c;
  public static final int CC_PCR_READ = 0x17e;
  public static final int CC_POLICY_PCR = 0x17f;
  public static final int CC_READ_CLOCK = 0x181;
  public static final int CC_PCR_EXTEND = 0x182;

  /** Of a NitroTPM: the hypervisor answers the request that an NV index holds. */
  public static final int CC_NITRO_REQUEST = 0x20000001;

  public static final long RH_OWNER = 0x40000001L;
  public static final long RH_NULL = 0x40000007L;
  public static final long RS_PW = 0x40000009L;
  public static final long RH_ENDORSEMENT = 0x4000000bL;
  public static final long RH_PLATFORM = 0x4000000cL;

  public static final int SU_CLEAR = 0;

  /** TPM_SE: a session that authorizes by a policy. */
  public static final int SE_POLICY = 1;

  public static final int ALG_RSA = 0x01;
  public static final int ALG_SHA1 = 0x04;
  public static final int ALG_SHA256 = 0x0b;
  public static final int ALG_SHA384 = 0x0c;
  public static final int ALG_SHA512 = 0x0d;
  public static final int ALG_NULL = 0x10;
  public static final int ALG_RSASSA = 0x14;
  public static final int ALG_RSAES = 0x15;
  public static final int ALG_RSAPSS = 0x16;
  public static final int ALG_ECDSA = 0x18;
  public static final int ALG_ECC = 0x23;

  public static final int ECC_NIST_P256 = 3;
  public static final int ECC_NIST_P384 = 4;

  public static final int CAP_ALGS = 0;
  public static final int CAP_HANDLES = 1;
  public static final int CAP_COMMANDS = 2;
  public static final int CAP_PCRS = 5;
  public static final int CAP_TPM_PROPERTIES = 6;

  public static final long RC_SUCCESS = 0;

  /** TPM2_Startup was already done. */
  public static final long RC_INITIALIZE = 0x100;

  public static final long RC_YIELDED = 0x908;
  public static final long RC_TESTING = 0x90a;
  public static final long RC_RETRY = 0x922;

  /** TPMI_ALG_HASH of a hash. */
  public static int algorithm(Digests hash) {
    return switch (hash) {
      case SHA1 -> ALG_SHA1;
      case SHA256 -> ALG_SHA256;
      case SHA384 -> ALG_SHA384;
      case SHA512 -> ALG_SHA512;
    };
  }

  /** The hash of a TPM algorithm id; empty where it is none that we know. */
  public static Optional<Digests> hash(int algorithm) {
    return switch (algorithm) {
      case ALG_SHA1 -> Optional.of(Digests.SHA1);
      case ALG_SHA256 -> Optional.of(Digests.SHA256);
      case ALG_SHA384 -> Optional.of(Digests.SHA384);
      case ALG_SHA512 -> Optional.of(Digests.SHA512);
      default -> Optional.empty();
    };
  }
}
