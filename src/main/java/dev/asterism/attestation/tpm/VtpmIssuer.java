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
import org.jspecify.annotations.Nullable;

/** Issues vTPM documents with the key at {@link AttestationKey#HANDLE}. */
public final class VtpmIssuer implements Issuer {
  /** How often a quote is repeated while somebody extends PCRs. */
  private static final int ATTEMPTS = 5;

  private final Variant variant;
  private final Tpm tpm;
  private final Supplier<Optional<Bytes>> eventLog;
  private final List<Bytes> akChain;

  /**
   * An issuer that binds nothing beside the TPM: its documents have no instance info.
   *
   * @param eventLog the firmware's log, asked for at each document; empty where there is none
   * @param akChain DER certificates: of the attestation key first, then its issuers; may be empty
   */
  public VtpmIssuer(
      Variant variant, Tpm tpm, Supplier<Optional<Bytes>> eventLog, List<Bytes> akChain) {
    this.variant = variant;
    this.tpm = tpm;
    this.eventLog = eventLog;
    this.akChain = List.copyOf(akChain);
  }

  @Override
  public Variant variant() {
    return variant;
  }

  @Override
  public Bytes issue(Bytes userData, Bytes nonce) throws IssueException {
    Bytes qualifyingData = VtpmDocument.qualifyingData(null, VtpmDocument.extra(userData, nonce));
    try (TpmClient client = TpmClient.open(tpm)) {
      Bytes akPub = AttestationKey.ensure(client);
      List<BankQuote> quotes = new ArrayList<>();
      for (Digests bank : client.pcrBanks()) {
        quotes.add(quote(client, bank, qualifyingData));
      }
      return VtpmJson.write(document(akPub, quotes, userData));
    } catch (IOException e) {
      throw new IssueException("no quote from the TPM at " + tpm.description(), e);
    } catch (MalformedException e) {
      throw new IssueException("the TPM at " + tpm.description() + " quotes badly", e);
    }
  }

  private VtpmDocument document(Bytes akPub, List<BankQuote> quotes, Bytes userData) {
    @Nullable Bytes log = eventLog.get().orElse(null);
    return new VtpmDocument(
        akPub,
        quotes,
        log,
        akChain.isEmpty() ? null : akChain.getFirst(),
        akChain.isEmpty() ? List.of() : akChain.subList(1, akChain.size()),
        null,
        userData);
  }

  /** A quote with the very values that it is over: a TPM tells them apart from it. */
  private BankQuote quote(TpmClient client, Digests bank, Bytes qualifyingData)
      throws IOException, MalformedException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      TpmClient.Quote quote =
          client.quote(AttestationKey.HANDLE, qualifyingData, bank, PcrSelection.all());
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
