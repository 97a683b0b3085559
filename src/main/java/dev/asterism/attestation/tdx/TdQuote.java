package dev.asterism.attestation.tdx;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/**
 * A TD quote, version 4 or 5, with all that is in it read and nothing verified.
 *
 * @param signedPart header and body (in version 5 the body's descriptor, too): what the attestation
 *     key signs
 * @param padding what follows the quote: drivers return their whole buffer. Zeros, or else somebody
 *     else put it there; see {@link TdxVerification#PADDING}
 */
public record TdQuote(
    QuoteHeader header,
    TdQuoteBody body,
    Bytes signedPart,
    QuoteSignature signature,
    Bytes padding) {
  /** What configfs-tsm can hold, twice. */
  private static final int MAX_BYTES = 64 * 1024;

  /** Body types of version 5. */
  static final int BODY_TDX_10 = 2;

  static final int BODY_TDX_15 = 3;

  /** Reads a quote and what follows it. */
  public static TdQuote parse(Bytes raw) throws MalformedException {
    return parse(raw, new PckChains());
  }

  /** The same for one whose platform may have been seen before. */
  static TdQuote parse(Bytes raw, PckChains chains) throws MalformedException {
    if (raw.length() > MAX_BYTES) {
      throw new MalformedException("quote", "is larger than " + MAX_BYTES + " bytes");
    }
    ByteReader in = raw.reader("quote");
    QuoteHeader header = QuoteHeader.read(in);
    TdQuoteBody body =
        TdQuoteBody.read(
            in.narrow(
                "body",
                header.version() == QuoteHeader.VERSION_5
                    ? describedLength(in)
                    : TdQuoteBody.LENGTH_10));
    Bytes signedPart = in.since(0);
    QuoteSignature signature =
        QuoteSignature.read(in.narrow("signatureData", in.u32le("signatureDataSize")), chains);
    return new TdQuote(header, body, signedPart, signature, in.rest("padding"));
  }

  private static int describedLength(ByteReader in) throws MalformedException {
    int at = in.position();
    int length =
        switch (in.u16le("bodyType")) {
          case BODY_TDX_10 -> TdQuoteBody.LENGTH_10;
          case BODY_TDX_15 -> TdQuoteBody.LENGTH_15;
          default -> throw new MalformedException("bodyType", at, "is not that of a TD");
        };
    if (in.u32le("bodySize") != length) {
      throw new MalformedException("bodySize", at + 2, "is not that of its type");
    }
    return length;
  }
}
