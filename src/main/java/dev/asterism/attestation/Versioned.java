package dev.asterism.attestation;

/**
 * One state of something that reloads.
 *
 * @param generation counts reloads, from 1
 */
public record Versioned<T>(T value, long generation) {}
