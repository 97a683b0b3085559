package dev.asterism.attestation.tpm;

import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A vTPM document with all that is in it read, and nothing verified. */
record ParsedDocument(
    VtpmDocument document,
    TpmtPublic ak,
    PublicKey key,
    List<QuoteVerifier.Presented> quotes,
    @Nullable EventLog eventLog) {

  static ParsedDocument of(Bytes json) throws MalformedException {
    VtpmDocument document = VtpmJson.parse(json);
    TpmtPublic ak = TpmtPublic.parse(document.akPub());
    List<QuoteVerifier.Presented> quotes = new ArrayList<>();
    for (VtpmDocument.BankQuote quote : document.quotes()) {
      quotes.add(
          new QuoteVerifier.Presented(
              TpmsAttest.parse(quote.quote()),
              TpmtSignature.parse(quote.rawSig()),
              quote.hash(),
              quote.pcrs()));
    }
    Bytes log = document.eventLog();
    return new ParsedDocument(
        document, ak, ak.publicKey(), quotes, log == null ? null : EventLog.parse(log));
  }

  AkBinding.Presented presented(Challenge challenge) {
    return new AkBinding.Presented(
        key,
        ak,
        document,
        new AkCertificates(document.akCert(), document.intermediateCerts()),
        challenge);
  }
}
