package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementCatalog;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Intel's service has, by the keys of {@link Pcs}' requests: for collateral that is looked at
 * before any quote is, and so by the chains that come with it.
 *
 * @param root that they must lead to
 */
public record PcsCatalog(TdxRoot root) implements EndorsementCatalog {
  private static final Pattern TCB_INFO =
      Pattern.compile(
          Pattern.quote(Pcs.SERVICE + "/tdx/certification/v4/tcb?fmspc=") + "([0-9a-f]{12})");

  /**
   * All that it takes for platforms of that FMSPC, 6 bytes, each to be looked at with those before
   * it at hand. The authority is that of platforms, as for all with TDX so far.
   */
  public List<EndorsementRequest> platform(Bytes fmspc, boolean rootCrlFromCache, Lookup others) {
    return List.of(
        tcbInfo(fmspc),
        qeIdentity(),
        Pcs.rootCrl(_ -> signersRoot(others), rootCrlFromCache),
        pckCrl(PckAuthority.PLATFORM));
  }

  @Override
  public Optional<EndorsementRequest> find(String key, Lookup others) {
    Matcher matcher = TCB_INFO.matcher(key);
    if (matcher.matches()) {
      try {
        return Optional.of(tcbInfo(Bytes.ofHex("fmspc", matcher.group(1))));
      } catch (MalformedException e) {
        return Optional.empty();
      }
    }
    return List.of(
            qeIdentity(),
            Pcs.rootCrl(_ -> signersRoot(others), false),
            Pcs.rootCrl(_ -> signersRoot(others), true),
            pckCrl(PckAuthority.PLATFORM),
            pckCrl(PckAuthority.PROCESSOR))
        .stream()
        .filter(request -> request.key().equals(key))
        .findFirst();
  }

  private EndorsementRequest tcbInfo(Bytes fmspc) {
    return Pcs.tcbInfo(fmspc, answer -> last(Pcs.tcbChain(answer)));
  }

  private EndorsementRequest qeIdentity() {
    return Pcs.qeIdentity(answer -> last(Pcs.qeChain(answer)));
  }

  private EndorsementRequest pckCrl(PckAuthority authority) {
    return Pcs.pckCrl(
        authority,
        answer -> {
          List<X509Certificate> chain = Pcs.certificates(Pcs.crlChain(answer));
          X509Certificate issuer = chain.getFirst();
          if (!PckAuthority.of(issuer).equals(Optional.of(authority))) {
            throw new MalformedException("issuer chain", "is not that of the " + authority.id());
          }
          Pcs.checkPath(chain, trusted(chain.getLast()));
          return issuer;
        });
  }

  /** Of the root's own list comes no chain: that of the QE identity has the root's certificate. */
  private X509Certificate signersRoot(Lookup others) throws MalformedException {
    Endorsement identity =
        others
            .find(qeIdentity().key())
            .orElseThrow(() ->
                new MalformedException(
                    "QE identity", "is missing, and has the root's certificate"));
    return last(Pcs.qeChain(identity));
  }

  private X509Certificate last(Bytes chain) throws MalformedException {
    return trusted(Pcs.certificates(chain).getLast());
  }

  private X509Certificate trusted(X509Certificate certificate) throws MalformedException {
    if (!root.holds(certificate)) {
      throw new MalformedException("issuer chain", "does not end in the root that is trusted");
    }
    return certificate;
  }
}
