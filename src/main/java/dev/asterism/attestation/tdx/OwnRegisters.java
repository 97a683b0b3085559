package dev.asterism.attestation.tdx;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Measurements.Measurement;
import dev.asterism.device.TdxGuest;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.TreeMap;

/** What this TD booted, as reference values for others of the same image. */
public final class OwnRegisters {
  /** RTMR 3 takes what programs like. */
  private static final int FREE = 4;

  private OwnRegisters() {}

  /** MRTD and RTMRs as they are now. Only a quote says MRTD. */
  public static Measurements read(TdxGuest guest) throws IssueException {
    try {
      TdQuote quote = TdQuote.parse(guest.quote(Bytes.zeros(TdxGuest.REPORT_DATA)));
      var values = new TreeMap<Integer, Measurement>();
      quote
          .body()
          .measurements()
          .forEach((index, value) -> values.put(index, new Measurement(value, index == FREE)));
      return new Measurements(values);
    } catch (IOException | MalformedException e) {
      throw new IssueException(
          "the registers of the " + guest.description() + " cannot be read", e);
    }
  }
}
