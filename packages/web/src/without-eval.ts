import { z } from 'zod';

// The page's policy forbids code made of text. The schemas would try it when they are made, so this comes first.
z.config({ jitless: true });
