package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import java.util.List;

/**
 * A level of a platform with TDX.
 *
 * @param sgxComponents 16 SVNs, as the PCK certificate has them
 * @param tdxComponents 16 SVNs, as the quote's TEE_TCB_SVN has them
 */
record TcbLevel(
    List<Integer> sgxComponents,
    int pceSvn,
    List<Integer> tdxComponents,
    TcbAssessment assessment) {

  TcbLevel {
    sgxComponents = List.copyOf(sgxComponents);
    tdxComponents = List.copyOf(tdxComponents);
  }

  /**
   * Whether a platform reaches it.
   *
   * @param firstTdx the first of the TDX components that counts: those of the module are judged by
   *     its own identity where it has one
   */
  boolean isReachedBy(PckExtension platform, Bytes teeTcbSvn, int firstTdx) {
    if (platform.pceSvn() < pceSvn) {
      return false;
    }
    for (int i = 0; i < sgxComponents.size(); i++) {
      if (platform.components().get(i) < sgxComponents.get(i)) {
        return false;
      }
    }
    for (int i = firstTdx; i < tdxComponents.size(); i++) {
      if (teeTcbSvn.at(i) < tdxComponents.get(i)) {
        return false;
      }
    }
    return true;
  }
}
