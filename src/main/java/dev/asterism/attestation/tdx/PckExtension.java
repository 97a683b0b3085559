package dev.asterism.attestation.tdx;

import dev.asterism.crypto.Der;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Intel certifies of a platform, beside its key (Intel SGX PCK Certificate and CRL Profile,
 * section 1.3.5): extension 1.2.840.113741.1.13.1 of a PCK certificate.
 *
 * @param ppid 16 bytes: the platform
 * @param components 16 SVNs, 0 to 255
 * @param pceSvn 0 to 65535
 * @param cpuSvn 16 bytes
 * @param pceId 2 bytes
 * @param fmspc 6 bytes: family, model, stepping, platform type, custom SKU
 */
record PckExtension(
    Bytes ppid, List<Integer> components, int pceSvn, Bytes cpuSvn, Bytes pceId, Bytes fmspc) {
  static final String OID = "1.2.840.113741.1.13.1";
  static final int COMPONENTS = 16;

  private static final String WHAT = "PCK extension";
  private static final String PPID = OID + ".1";
  private static final String TCB = OID + ".2";
  private static final String PCE_SVN = TCB + ".17";
  private static final String CPU_SVN = TCB + ".18";
  private static final String PCE_ID = OID + ".3";
  private static final String FMSPC = OID + ".4";

  /** More members than Intel defines, fewer than anyone could need. */
  private static final int MAX_MEMBERS = 64;

  PckExtension {
    components = List.copyOf(components);
  }

  /**
   * Reads the extension.
   *
   * @param extnValue as a certificate has it, with the tag of the OCTET STRING
   */
  static PckExtension parse(Bytes extnValue) throws MalformedException {
    ByteReader in = extnValue.reader(WHAT);
    ByteReader octets = Der.enter(in, Der.OCTET_STRING, WHAT);
    in.end();
    Map<String, ByteReader> members = members(octets);
    Map<String, ByteReader> tcb = members(member(members, TCB));
    List<Integer> components = new ArrayList<>();
    for (int i = 1; i <= COMPONENTS; i++) {
      components.add(number(member(tcb, TCB + "." + i), 1));
    }
    return new PckExtension(
        octets(member(members, PPID), 16),
        components,
        number(member(tcb, PCE_SVN), 2),
        octets(member(tcb, CPU_SVN), 16),
        octets(member(members, PCE_ID), 2),
        octets(member(members, FMSPC), 6));
  }

  /** SEQUENCE OF SEQUENCE {OBJECT IDENTIFIER, value}; each value by its identifier. */
  private static Map<String, ByteReader> members(ByteReader in) throws MalformedException {
    ByteReader list = Der.enter(in, Der.SEQUENCE, WHAT);
    in.end();
    Map<String, ByteReader> members = new HashMap<>();
    while (list.remaining() > 0) {
      ByteReader member = Der.enter(list, Der.SEQUENCE, WHAT);
      String oid = Der.oid(member, WHAT);
      if (members.put(oid, member) != null || members.size() > MAX_MEMBERS) {
        throw new MalformedException(WHAT, member.position(), "has a member twice, or too many");
      }
    }
    return members;
  }

  private static ByteReader member(Map<String, ByteReader> members, String oid)
      throws MalformedException {
    @Nullable ByteReader member = members.get(oid);
    if (member == null) {
      throw new MalformedException(WHAT, "lacks " + oid);
    }
    return member;
  }

  private static Bytes octets(ByteReader member, int length) throws MalformedException {
    Bytes value = Der.content(member, Der.OCTET_STRING, WHAT);
    member.end();
    if (value.length() != length) {
      throw new MalformedException(WHAT, member.position(), "needs " + length + " bytes there");
    }
    return value;
  }

  /** A number that fits into that many bytes, without sign. */
  private static int number(ByteReader member, int bytes) throws MalformedException {
    ByteReader in = Der.enter(member, Der.INTEGER, WHAT);
    member.end();
    int at = in.position();
    int length = in.remaining();
    int value = 0;
    // Of nothing the next byte is -1: it is refused as well.
    boolean negative = (in.peek() & 0x80) != 0;
    if (length > bytes + 1 || negative) {
      throw new MalformedException(WHAT, at, "holds a number out of range");
    }
    while (in.remaining() > 0) {
      value = value << 8 | in.u8(WHAT);
    }
    boolean padded = length > 1 && value >>> (8 * (length - 1) - 1) == 0;
    if (value >>> (8 * bytes) != 0 || padded) {
      throw new MalformedException(WHAT, at, "holds a number out of range");
    }
    return value;
  }
}
