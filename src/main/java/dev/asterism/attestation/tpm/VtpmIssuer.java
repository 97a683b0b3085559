package dev.asterism.attestation.tpm;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tpm.VtpmDocument.BankQuote;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/** Issues vTPM documents. */
public final class VtpmIssuer implements Issuer {
  /** How often a quote is repeated while somebody extends PCRs. */
  private static final int ATTEMPTS = 5;

  private final Variant variant;
  private final Tpm tpm;
  private final Supplier<Optional<Bytes>> eventLog;
  private final AkSource ak;
  private final InstanceInfoSource instance;

  /**
   * An issuer that binds nothing beside the TPM: its documents have no instance info, and its key
   * is the one at {@link AttestationKey#HANDLE}.
   *
   * @param eventLog the firmware's log, asked for at each document; empty where there is none
   * @param akChain DER certificates: of the attestation key first, then its issuers; may be empty
   */
  public VtpmIssuer(
      Variant variant, Tpm tpm, Supplier<Optional<Bytes>> eventLog, List<Bytes> akChain) {
    this(variant, tpm, eventLog, AkSource.OWNER, bare(akChain));
  }

  /** One of a cloud. */
  public VtpmIssuer(
      Variant variant,
      Tpm tpm,
      Supplier<Optional<Bytes>> eventLog,
      AkSource ak,
      InstanceInfoSource instance) {
    this.variant = variant;
    this.tpm = tpm;
    this.eventLog = eventLog;
    this.ak = ak;
    this.instance = instance;
  }

  private static InstanceInfoSource bare(List<Bytes> akChain) {
    InstanceInfoSource.Described nothing = new InstanceInfoSource.Described(null, akChain);
    return (client, key, extra) -> nothing;
  }

  @Override
  public Variant variant() {
    return variant;
  }

  @Override
  public Bytes issue(Bytes userData, Bytes nonce) throws IssueException {
    try (TpmClient client = TpmClient.open(tpm)) {
      AkSource.Key key = ak.load(client);
      try {
        return issue(client, key, userData, VtpmDocument.extra(userData, nonce));
      } finally {
        if (key.temporary()) {
          client.flushContext(key.handle());
        }
      }
    } catch (IOException e) {
      throw new IssueException("no evidence from the TPM at " + tpm.description(), e);
    } catch (MalformedException e) {
      throw new IssueException(
          "the TPM at " + tpm.description() + ", or the host, answers what cannot be read", e);
    }
  }

  private Bytes issue(TpmClient client, AkSource.Key key, Bytes userData, Bytes extra)
      throws IOException, MalformedException {
    InstanceInfoSource.Described said = instance.describe(client, key.publicArea(), extra);
    Bytes qualifyingData = VtpmDocument.qualifyingData(said.instanceInfo(), extra);
    List<BankQuote> quotes = new ArrayList<>();
    for (Digests bank : client.pcrBanks()) {
      quotes.add(quote(client, key.handle(), bank, qualifyingData));
    }
    List<Bytes> chain = said.akChain();
    return VtpmJson.write(
        new VtpmDocument(
            key.publicArea(),
            quotes,
            eventLog.get().orElse(null),
            chain.isEmpty() ? null : chain.getFirst(),
            chain.isEmpty() ? List.of() : chain.subList(1, chain.size()),
            said.instanceInfo(),
            userData));
  }

  /** A quote with the very values that it is over: a TPM tells them apart from it. */
  private static BankQuote quote(TpmClient client, long key, Digests bank, Bytes qualifyingData)
      throws IOException, MalformedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      TpmClient.Quote quote = client.quote(key, qualifyingData, bank, PcrSelection.all());
      SortedMap<Integer, Bytes> values = client.pcrRead(bank, PcrSelection.all());
      Digests hash = TpmtSignature.parse(quote.signature()).hash();
      Bytes digest = hash.of(values.values().toArray(Bytes[]::new));
      if (TpmsAttest.parse(quote.attest()).pcrDigest().equals(digest)) {
        return new BankQuote(bank, quote.attest(), quote.signature(), values);
      }
    }
    throw new IOException("somebody extends PCRs faster than they can be quoted");
  }
}
