package dev.asterism.mini;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a machine asks for tickets that does not follow the rules: it proves itself once, and then
 * takes its time, or asks more often than once.
 *
 * @param when asks when this file is there; null: at once
 * @param times how often it asks on the one connection
 */
public record RogueCall(@Nullable Path when, int times) {}
