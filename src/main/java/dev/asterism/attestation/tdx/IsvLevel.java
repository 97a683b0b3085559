package dev.asterism.attestation.tdx;

import java.util.List;
import java.util.Optional;

/** A level of something that has one SVN: the quoting enclave, a TDX module. */
record IsvLevel(int isvSvn, TcbAssessment assessment) {

  /** The first level, in Intel's order, that {@code isvSvn} reaches. */
  static Optional<IsvLevel> reached(List<IsvLevel> levels, int isvSvn) {
    return levels.stream().filter(l -> l.isvSvn() <= isvSvn).findFirst();
  }
}
